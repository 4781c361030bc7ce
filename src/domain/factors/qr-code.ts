import QRCode from "qrcode";

/** A QR code as one SVG path in a square of `size` modules, quiet zone included. Drawn here, so that no third party sees the secret. */
export function qrCode(text: string): { readonly size: number; readonly path: string } {
  const quiet = 4;
  const { modules } = QRCode.create(text, { errorCorrectionLevel: "M" });
  const rows = Array.from({ length: modules.size }, (_, row) =>
    Array.from({ length: modules.size }, (_unused, column) =>
      modules.get(row, column) === 0 ? "" : `M${String(column + quiet)} ${String(row + quiet)}h1v1h-1z`,
    ).join(""),
  );
  return { size: modules.size + 2 * quiet, path: rows.join("") };
}
