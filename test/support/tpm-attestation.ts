import { createHash, sign, type KeyObject } from "node:crypto";
import { ExtendedKeyUsageExtension, SubjectAlternativeNameExtension } from "@peculiar/x509";
import { certify, derOf, keyOf, modelExtension, type Issuer } from "./attestation.ts";

/** What a TPM's certificate says of its maker; this number is FIDO's own, for tests (TCG vendor registry). */
const MAKER = "2.23.133.2.1=id:FFFFF1D0, 2.23.133.2.2=Chip, 2.23.133.2.3=id:13";
const FOR_ATTESTATION = "2.23.133.8.3";

/** A certificate of a TPM's attestation key (WebAuthn section 8.3.1). */
export const newAttestationKey = (
  by: Issuer,
  { usage = FOR_ATTESTATION, named = null as string | null } = {},
): Promise<Issuer> =>
  certify({
    subject: "",
    by,
    extensions: [
      new SubjectAlternativeNameExtension([{ type: "dn", value: MAKER }], true),
      new ExtendedKeyUsageExtension([usage]),
      ...(named === null ? [] : [modelExtension(named)]),
    ],
  });

const SHA256 = 0x000b;

const two = (value: number): Buffer => {
  const bytes = Buffer.alloc(2);
  bytes.writeUInt16BE(value);
  return bytes;
};
const sized = (bytes: Buffer): Buffer => Buffer.concat([two(bytes.length), bytes]);
const sha256 = (bytes: Buffer): Buffer => createHash("sha256").update(bytes).digest();

/** TPMT_PUBLIC of a key on the curve P-256 (TPM 2.0, part 2, section 12.2.4). */
function publicArea(publicKey: KeyObject): Buffer {
  const { x = "", y = "" } = publicKey.export({ format: "jwk" });
  const [ecc, none, p256] = [0x0023, 0x0010, 0x0003];
  const attributes = Buffer.from("00060472", "hex");
  return Buffer.concat([
    ...[two(ecc), two(SHA256), attributes, sized(Buffer.alloc(0))],
    ...[none, none, p256, none].map(two),
    ...[x, y].map((text) => sized(Buffer.from(text, "base64url"))),
  ]);
}

/** TPMS_ATTEST of a certified key (TPM 2.0, part 2, section 10.12.8). */
function certificationOf(area: Buffer, what: Buffer): Buffer {
  const kind = Buffer.concat([Buffer.from("ff544347", "hex"), two(0x8017)]);
  const clockAndFirmware = Buffer.alloc(8 + 4 + 4 + 1 + 8);
  const name = Buffer.concat([two(SHA256), sha256(area)]);
  return Buffer.concat([
    kind,
    sized(Buffer.alloc(0)),
    sized(what),
    clockAndFirmware,
    sized(name),
    sized(name),
  ]);
}

/** A statement in the form `tpm`. `certified`: the TPM certifies another key than the passkey's; `signer`: another key signs. */
export const certifiedByTpm =
  (
    attestationKey: Issuer,
    {
      passkey,
      certified = passkey,
      signer = attestationKey,
    }: { readonly passkey: KeyObject; readonly certified?: KeyObject; readonly signer?: Issuer },
  ) =>
  (authData: Buffer, clientData: Buffer): ReadonlyMap<string, unknown> => {
    const area = publicArea(passkey);
    const certInfo = certificationOf(
      publicArea(certified),
      sha256(Buffer.concat([authData, sha256(clientData)])),
    );
    return new Map<string, unknown>([
      ["ver", "2.0"],
      ["alg", -7],
      ["sig", sign("sha256", certInfo, keyOf(signer))],
      ["x5c", [derOf(attestationKey)]],
      ["pubArea", area],
      ["certInfo", certInfo],
    ]);
  };
