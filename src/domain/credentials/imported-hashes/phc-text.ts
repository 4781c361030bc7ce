/** Parts of a hash that is written like a PHC string: `$kind$name=value,name=value$salt$digest`. */
export interface PhcText {
  readonly id: string;
  readonly parameters: ReadonlyMap<string, string>;
  readonly salt: Buffer;
  readonly digest: Buffer;
}

const FORM = /^\$([a-z0-9-]+)\$([^$]*)\$([^$]+)\$([^$]+)$/;

/** Null for what is not of this form. A parameter without a name is its own name: `$pbkdf2$1000$…`. */
export function readPhc(text: string): PhcText | null {
  const [, id = "", parameters = "", salt = "", digest = ""] = FORM.exec(text) ?? [];
  const [saltBytes, digestBytes] = [bytesOf(salt), bytesOf(digest)];
  if (saltBytes === null || digestBytes === null) {
    return null;
  }
  const named = parameters.split(",").map((pair): [string, string] => {
    const at = pair.indexOf("=");
    return at === -1 ? ["", pair] : [pair.slice(0, at), pair.slice(at + 1)];
  });
  return { id, parameters: new Map(named), salt: saltBytes, digest: digestBytes };
}

export function writePhc({ id, parameters, salt, digest }: PhcText): string {
  const named = Array.from(parameters, ([name, value]) => `${name}=${value}`).join(",");
  return `$${id}$${named}$${base64Of(salt)}$${base64Of(digest)}`;
}

/** Base64 in each of its alphabets: with or without padding, of addresses, and passlib's with a point. Null for anything else. */
export function bytesOf(text: string): Buffer | null {
  const plain = text
    .replace(/={1,2}$/, "")
    .replaceAll(/[.-]/g, "+")
    .replaceAll("_", "/");
  return /^[A-Za-z0-9+/]+$/.test(plain) && plain.length % 4 !== 1 ? Buffer.from(plain, "base64") : null;
}

/** Without padding. */
export const base64Of = (bytes: Buffer): string => bytes.toString("base64").replaceAll("=", "");

/** A whole number above 0 without leading zeros, of at most nine digits; null for anything else. */
export const countOf = (text: string | undefined): number | null =>
  text !== undefined && /^[1-9][0-9]{0,8}$/.test(text) ? Number(text) : null;

/** No system makes longer ones, and a shorter digest could be met by chance. */
const SALT = { least: 4, most: 128 } as const;
const DIGEST = { least: 16, most: 128 } as const;

export const areUsual = ({ salt, digest }: Pick<PhcText, "salt" | "digest">): boolean =>
  salt.length >= SALT.least &&
  salt.length <= SALT.most &&
  digest.length >= DIGEST.least &&
  digest.length <= DIGEST.most;
