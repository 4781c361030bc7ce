/** Where logos are served. */
export const LOGO_PATH = "/logos";

/** The address of a logo: a random part of the office, and a mark of the content. */
export const logoAddress = (token: string, mark: string): string => `${LOGO_PATH}/${token}/${mark}`;

const ADDRESS = /^\/logos\/(?<token>[A-Za-z0-9_-]{22})\/[A-Za-z0-9_-]{10}$/;

/** The random part of an office's logo address; null for an address elsewhere, which an office may have from an earlier version. */
export const logoToken = (address: string | null): string | null =>
  ADDRESS.exec(address ?? "")?.groups?.["token"] ?? null;
