import { z } from "zod";
import { typedName } from "../../kernel/typed-text/typed-text.ts";
import { isTransport } from "../factors/passkeys/browser-answers.ts";
import { isSoundKey } from "../factors/passkeys/imported-key.ts";
import { MOST_NAME_CHARACTERS, MOST_PASSKEYS } from "../factors/passkeys/passkey.ts";
import type { RowFaultCode } from "./user-import-model.ts";

/** The passkeys of a user, as another system has kept them. */
export interface ImportedPasskeys {
  readonly passkeys: readonly ImportedPasskey[];
  /** What all of them know the account by; null where the file does not say. */
  readonly handle: Buffer | null;
}

const NO_PASSKEYS: ImportedPasskeys = { passkeys: [], handle: null };

/** Lengths in bytes: those of WebAuthn for ids and user handles, and a key of 8192 bits with its labels. */
const MOST = { id: 1_023, key: 1_100, handle: 64 } as const;

/** Bytes in base64url, or in base64 as some systems have them. Two texts for the same bytes would be two passkeys for one. */
const bytes = (most: number) =>
  z
    .string()
    .min(1)
    .max(4 * Math.ceil(most / 3))
    .transform((text) =>
      text
        .replace(/={0,2}$/, "")
        .replaceAll("+", "-")
        .replaceAll("/", "_"),
    )
    .refine((text) => Buffer.from(text, "base64url").toString("base64url") === text)
    .transform((text) => Buffer.from(text, "base64url"))
    .refine(({ length }) => length >= 1 && length <= most);

/** PostgreSQL stores neither half a character nor a NUL, which an escape can name. */
const isStorable = (text: string): boolean => text.isWellFormed() && !text.includes("\0");

const passkeySchema = z.strictObject({
  id: bytes(MOST.id),
  publicKey: bytes(MOST.key),
  // Four bytes in WebAuthn section 6.1.
  counter: z
    .int()
    .min(0)
    .max(2 ** 32 - 1)
    .default(0),
  userHandle: bytes(MOST.handle).nullish(),
  name: z
    .string()
    .refine(isStorable)
    .transform(typedName)
    .pipe(z.string().min(1).max(MOST_NAME_CHARACTERS))
    .nullish(),
  aaguid: z.guid().toLowerCase().default("00000000-0000-0000-0000-000000000000"),
  transports: z.array(z.string().max(20)).max(8).default([]),
  isSynced: z.boolean().default(false),
});

type ImportedPasskey = z.output<typeof passkeySchema>;

interface Read {
  readonly value: ImportedPasskeys;
  readonly faults: readonly RowFaultCode[];
}

const refused = (fault: RowFaultCode): Read => ({ value: NO_PASSKEYS, faults: [fault] });

/** Reads the list of a user's passkeys, which is JSON. A member that is not known is refused: its sender expects it to have an effect. */
export async function readPasskeys(typed: string): Promise<Read> {
  if (typed === "") {
    return { value: NO_PASSKEYS, faults: [] };
  }
  const listed = listIn(typed);
  if (listed === null) {
    return refused("passkeys-unreadable");
  }
  if (listed.length > MOST_PASSKEYS) {
    return refused("passkeys-too-many");
  }
  const parsed = z.array(passkeySchema).safeParse(listed);
  if (!parsed.success) {
    return refused("passkeys-unreadable");
  }
  const handles = new Set(parsed.data.map(({ userHandle }) => userHandle?.toString("hex")));
  handles.delete(undefined);
  if (handles.size > 1) {
    return refused("user-handles-differ");
  }
  const sound = await Promise.all(parsed.data.map(({ publicKey }) => isSoundKey(publicKey)));
  const [handle] = handles;
  return sound.includes(false)
    ? refused("passkey-key")
    : {
        value: { passkeys: parsed.data, handle: handle === undefined ? null : Buffer.from(handle, "hex") },
        faults: [],
      };
}

function listIn(text: string): readonly unknown[] | null {
  try {
    const value: unknown = JSON.parse(text);
    return Array.isArray(value) ? value : null;
  } catch {
    return null;
  }
}

/** As they wait until the file is applied; null where there are none. Transports that we do not know are left out. */
export const waitingPasskeys = ({ passkeys, handle }: ImportedPasskeys) => ({
  passkeys:
    passkeys.length === 0
      ? null
      : passkeys.map(({ id, publicKey, name, transports, counter, isSynced, aaguid }) => ({
          ...{ id: id.toString("hex"), publicKey: publicKey.toString("hex"), counter, isSynced, aaguid },
          transports: transports.filter(isTransport),
          name: name ?? null,
        })),
  userHandle: handle?.toString("hex") ?? null,
});
