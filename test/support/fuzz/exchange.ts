import { connect } from "node:net";

/** An answer as it came; `status` is 0 when the connection ended without one. */
export interface Answer {
  readonly status: number;
  readonly headers: ReadonlyMap<string, readonly string[]>;
  readonly body: string;
  /** No complete answer came in time. */
  readonly isHanging: boolean;
}

/** Longer than any answer takes, however busy the machine is. */
const LIMIT_MS = 10_000;

/**
 * Sends bytes and reads until the server ends the connection. A server that refuses early may reset it: that is an answer too.
 * `isCut`: the sender ends it too, in the middle of a body, or the server would wait for the rest.
 */
export function exchange(port: number, bytes: Buffer, isCut: boolean): Promise<Answer> {
  return new Promise((resolve) => {
    const chunks: Buffer[] = [];
    let isHanging = false;
    const socket = connect(port, "127.0.0.1", () => {
      if (isCut) {
        socket.end(bytes);
      } else {
        socket.write(bytes);
      }
    });
    socket.setTimeout(LIMIT_MS, () => {
      isHanging = true;
      socket.destroy();
    });
    socket.on("data", (chunk: Buffer) => chunks.push(chunk));
    socket.on("error", () => undefined);
    socket.on("close", () => {
      resolve({ ...parse(Buffer.concat(chunks)), isHanging });
    });
  });
}

function parse(bytes: Buffer): Omit<Answer, "isHanging"> {
  // An answer that the client may wait for comes before the real one (RFC 9110 section 15.2).
  const text = bytes.toString("latin1").replace(/^HTTP\/1\.1 1\d\d[^]*?\r\n\r\n/, "");
  const end = text.indexOf("\r\n\r\n");
  const [line = "", ...lines] = text.slice(0, Math.max(0, end)).split("\r\n");
  const headers = new Map<string, string[]>();
  for (const header of lines) {
    const [name = "", ...value] = header.split(":");
    const key = name.toLowerCase();
    headers.set(key, [...(headers.get(key) ?? []), value.join(":").trim()]);
  }
  const raw = text.slice(end + 4);
  const body = headers.get("transfer-encoding")?.[0] === "chunked" ? unchunked(raw) : raw;
  return {
    status: Number(/^HTTP\/1\.1 (\d{3})/.exec(line)?.[1] ?? 0),
    headers,
    body: Buffer.from(body, "latin1").toString("utf8"),
  };
}

function unchunked(raw: string): string {
  const pieces: string[] = [];
  let rest = raw;
  for (;;) {
    const [, size = "0"] = /^([0-9a-f]+)\r\n/i.exec(rest) ?? [];
    const length = Number.parseInt(size, 16);
    if (length === 0) {
      return pieces.join("");
    }
    const start = size.length + 2;
    pieces.push(rest.slice(start, start + length));
    rest = rest.slice(start + length + 2);
  }
}

/** A header's first value; empty without one. */
export const headerOf = ({ headers }: Answer, name: string): string => headers.get(name)?.[0] ?? "";
