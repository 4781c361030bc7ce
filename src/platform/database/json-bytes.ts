/** Bytes as PostgreSQL writes them into JSON: a bytea in its hex format. */
export type JsonBytes = string;

export const bytesOf = (bytes: JsonBytes): Buffer => Buffer.from(bytes.slice(2), "hex");
