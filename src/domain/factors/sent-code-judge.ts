import { bytesOf } from "../../platform/database/json-bytes.ts";
import type { Queryable } from "../../platform/database/database.ts";
import type { KeyedHash } from "../../kernel/secret.ts";
import { CodeUsedMeanwhile, type Judgement, type SentKind, type UserContact } from "./code-try.ts";
import { isOtherMailbox } from "./email/email-address.ts";
import { hashOfCode, isCode, sixDigits, slotOf } from "./sent-code.ts";
import type { CodePurpose, CodeSlot } from "./sent-code-store.ts";
import type { StoredCode } from "./stored-code.ts";

/** A typed code of a message. */
export interface SentCodeTry {
  readonly kind: SentKind;
  readonly code: string;
  readonly binding: string;
  /** Whether it is the first code of a new factor. */
  readonly isNew: boolean;
}

/** What the code is compared with; null for no code of a message. */
type StoredMessage = NonNullable<StoredCode["message"]> | null;
type Newest = NonNullable<StoredMessage> & {
  readonly sent: NonNullable<NonNullable<StoredMessage>["sent"]>;
};

/** The first code of a new factor, found right. `typed`: as it is stored. */
export interface FirstCode {
  readonly slot: CodeSlot;
  readonly typed: Buffer;
}

/** Stores the new factor; false: the code was used, or the address changed, between the read and the write. */
export type Enrol = (tx: Queryable, first: FirstCode) => Promise<boolean>;

interface Found {
  readonly attempt: SentCodeTry;
  readonly enrol: Enrol;
  /** The typed code as it would be stored. */
  readonly typed: Buffer;
}

const WRONG = { type: "wrong" } as const;

/** Judges a code that came by a message, of whatever kind. The try is reserved already. */
export function judgeSentCode(
  hash: KeyedHash,
  user: UserContact,
  { attempt, stored, enrol }: { attempt: SentCodeTry; stored: StoredMessage; enrol: Enrol },
): Judgement {
  const { kind, binding } = attempt;
  const slot = slotOf(hash, { user, kind, binding, purpose: purposeOf(attempt) });
  const code = sixDigits(attempt.code);
  if (code === null || stored === null) {
    return WRONG;
  }
  const { sent } = stored;
  const typed = hashOfCode(hash, slot, { to: sent?.to ?? "", code });
  if (sent !== null && isCode(bytesOf(sent.hash), typed)) {
    return judgeNewest({ ...stored, sent }, slot, { attempt, enrol, typed });
  }
  // A dead code says nothing about any other, and its owner learns which message to read (docs/decisions/0068).
  if (sent?.superseded.some((dead) => isCode(bytesOf(dead), typed)) === true) {
    return { type: "superseded" };
  }
  return isUsedLast(hash, stored, { user, kind, code }) ? { type: "used", confirmedAt: null } : WRONG;
}

/** The code of the newest message. */
function judgeNewest(
  { sent, confirmed }: Newest,
  slot: CodeSlot,
  { attempt, enrol, typed }: Found,
): Judgement {
  if (sent.usedAt !== null) {
    return { type: "used", confirmedAt: attempt.isNew ? new Date(sent.usedAt) : null };
  }
  if (sent.isExpired) {
    return { type: "late" };
  }
  if (attempt.isNew) {
    const record = orCodeUsed((tx) => enrol(tx, { slot, typed }));
    return { type: "right", effect: { type: "enrols", record } };
  }
  const code = { kind: attempt.kind, slot: inHex(slot.binding), hash: inHex(typed) };
  return isOtherMailbox(confirmed, sent.to)
    ? WRONG
    : { type: "right", effect: { type: "proves", code, after: null } };
}

function isUsedLast(
  hash: KeyedHash,
  { usedLast }: NonNullable<StoredMessage>,
  { user, kind, code }: { user: UserContact; kind: SentKind; code: string },
): boolean {
  if (usedLast === null) {
    return false;
  }
  const { to, purpose } = usedLast;
  const slot = { user, kind, purpose, binding: bytesOf(usedLast.binding) };
  return isCode(bytesOf(usedLast.hash), hashOfCode(hash, slot, { to, code }));
}

/** The messages among which a code is looked for. */
const purposeOf = ({ isNew }: SentCodeTry): CodePurpose => (isNew ? "enrol" : "sign-in");

const inHex = (bytes: Buffer): string => bytes.toString("hex");

const orCodeUsed = (work: (tx: Queryable) => Promise<boolean>) => async (tx: Queryable) => {
  if (!(await work(tx))) {
    throw new CodeUsedMeanwhile();
  }
};
