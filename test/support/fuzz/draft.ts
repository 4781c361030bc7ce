/**
 * A request as bytes. A client library would mend or refuse most of what a fuzzer wants to send, so names and values are kept as they
 * come on the wire: one character of these texts is one byte.
 */
export interface Draft {
  readonly method: string;
  readonly path: string;
  readonly query: readonly Field[];
  /** Null: a request without a body. */
  readonly form: readonly Field[] | null;
  readonly headers: readonly Header[];
  /** A form with a file: sent as multipart/form-data, its field `file` as a file. */
  readonly isUpload?: boolean;
  /** Replaces the form. */
  readonly body?: { readonly type: string; readonly bytes: string };
  readonly framing: Framing;
}

/** A field of a query or of a form, already encoded. */
export interface Field {
  readonly name: string;
  readonly value: string;
  /** Replaces `name=value`. */
  readonly pair?: string;
}

type Header = readonly [name: string, value: string];

/** How the length of the body is announced; `short` announces less than is sent, `long` more. */
export type Framing = "length" | "chunked" | "short" | "long" | "none";

/** Form-encodes a text. */
export const encode = (text: string): string => new URLSearchParams([["", text]]).toString().slice(1);

export const fieldsOf = (values: Readonly<Record<string, string>>): Field[] =>
  Object.entries(values).map(([name, value]) => ({ name: encode(name), value: encode(value) }));

/** A request without anything but its address. */
export const emptyDraft = (method: string, path: string): Draft => ({
  method,
  path,
  query: [],
  form: null,
  headers: [],
  framing: "length",
});

const joined = (fields: readonly Field[]): string =>
  fields.map(({ name, value, pair }) => pair ?? `${name}=${value}`).join("&");

/** The bytes of a request; the connection ends after the answer. */
export function bytesOf(draft: Draft, host: string): Buffer {
  const { method, path, query, form, headers, framing } = draft;
  const address = query.length === 0 ? path : `${path}${path.includes("?") ? "&" : "?"}${joined(query)}`;
  const body = draft.body ?? (form === null ? null : bodyOf(form, draft.isUpload === true));
  const sent: Header[] = [...headers];
  const hasType = sent.some(([name]) => name.toLowerCase() === "content-type");
  if (body !== null && body.type !== "" && !hasType) {
    sent.push(["content-type", body.type]);
  }
  const { head, bytes } = framed(body?.bytes ?? null, framing);
  const lines = [
    `${method} ${address} HTTP/1.1`,
    `Host: ${host}`,
    "Connection: close",
    ...[...sent, ...head].map(([name, value]) => `${name}: ${value}`),
  ];
  return Buffer.from(`${lines.join("\r\n")}\r\n\r\n${bytes}`, "latin1");
}

const bodyOf = (form: readonly Field[], isUpload: boolean) =>
  isUpload
    ? { type: "multipart/form-data; boundary=x", bytes: `${form.map(partOf).join("")}--x--\r\n` }
    : { type: "application/x-www-form-urlencoded", bytes: joined(form) };

function partOf({ name, value }: Field): string {
  const file = name === "file" ? '; filename="users.csv"\r\nContent-Type: text/csv' : "";
  return `--x\r\nContent-Disposition: form-data; name="${name}"${file}\r\n\r\n${decoded(value)}\r\n`;
}

/** The bytes that a form-encoded value means. */
const decoded = (value: string): string =>
  value
    .replaceAll("+", " ")
    .replaceAll(/%([0-9a-f]{2})/gi, (_, hex: string) => String.fromCharCode(Number.parseInt(hex, 16)));

function framed(body: string | null, framing: Framing): { head: Header[]; bytes: string } {
  if (body === null) {
    return { head: [], bytes: "" };
  }
  const lengthOf = (more: number): Header => ["Content-Length", String(Math.max(0, body.length + more))];
  switch (framing) {
    case "length":
      return { head: [lengthOf(0)], bytes: body };
    case "short":
      return { head: [lengthOf(-3)], bytes: body };
    case "long":
      return { head: [lengthOf(100)], bytes: body };
    case "none":
      return { head: [], bytes: body };
    case "chunked":
      return {
        head: [["Transfer-Encoding", "chunked"]],
        bytes: `${body.length === 0 ? "" : `${body.length.toString(16)}\r\n${body}\r\n`}0\r\n\r\n`,
      };
  }
}
