import type { Queryable, Statement } from "../../platform/database/database.ts";
import { daysAfter, minutesAfter } from "../../kernel/clock.ts";
import { randomPassword } from "../../kernel/random.ts";
import { sameBytes, Secret, type KeyedHash } from "../../kernel/secret.ts";
import type { SecondFactorPolicy } from "./factor.ts";
import type { UserRef } from "../users/user-ref.ts";
import { typedLetterCode } from "../../kernel/typed-text/typed-text.ts";

/** For how many days a user may enrol with the password alone. */
export const ENROLMENT_DAYS = 14;
const CODE_HOURS = 24;

/** A window that a reset has opened; times in seconds since 1970. */
export interface EnrolmentWindow {
  readonly openedAt: number;
  readonly endsAt: number;
  /** Whether the one-time code of the reset is required. */
  readonly needsCode: boolean;
}

export interface EnrolmentState {
  readonly isOpen: boolean;
  readonly needsCode: boolean;
}

/**
 * Whether a user may enrol with the password alone. The fourteen days run from the user's creation or the office's
 * decision, whichever is later; a reset opens a new window and requires the code that was given to the user.
 */
export function enrolmentAt(
  now: number,
  begins: { createdAt: number; policy: SecondFactorPolicy },
  reset: EnrolmentWindow | null,
): EnrolmentState {
  if (reset !== null) {
    return { isOpen: now < reset.endsAt, needsCode: reset.needsCode };
  }
  const { policy, createdAt } = begins;
  const start = Math.max(createdAt, policy.since ?? 0, policy.from ?? 0);
  return { isOpen: now < start + ENROLMENT_DAYS * 24 * 60 * 60, needsCode: false };
}

const statements = {
  open: {
    name: "enrolment_open",
    text: `insert into enrolment_windows (home, office_id, user_id, opened_at, ends_at, code_hash, code_ends_at)
           values ($home, $1, $2, $3, $4, $5, $6)
           on conflict (home, user_id) do update set opened_at = excluded.opened_at, ends_at = excluded.ends_at,
             code_hash = excluded.code_hash, code_ends_at = excluded.code_ends_at`,
  },
  byReset: {
    name: "enrolment_by_reset",
    text: "select from enrolment_windows where home = $home and user_id = $1 and code_hash is not null",
  },
  // A hash of the keyed hash: what a page shows must not help to know a code that was typed.
  current: {
    name: "enrolment_current",
    text: `select coalesce((select encode(sha256(code_hash), 'hex') from enrolment_windows
             where home = $home and user_id = $1), 'none') as code`,
  },
  close: {
    name: "enrolment_close",
    text: "delete from enrolment_windows where home = $home and user_id = $1",
  },
} as const satisfies Record<string, Statement>;

/** Windows that a reset opens, with the one-time code that an administrator gives to the user. */
export class EnrolmentStore {
  readonly #hash: KeyedHash;

  constructor(hash: KeyedHash) {
    this.#hash = hash;
  }

  /** Opens the window and returns the code, which is shown once and valid for a day. */
  async open(tx: Queryable, { id, officeId }: UserRef, at: Date): Promise<Secret> {
    const code = new Secret(randomPassword());
    await tx.query(statements.open, [
      officeId,
      id,
      at,
      daysAfter(at, ENROLMENT_DAYS),
      this.#hashOf(id, code.reveal()),
      minutesAfter(at, CODE_HOURS * 60),
    ]);
    return code;
  }

  /** Whether a typed code is the stored one. */
  isCode({ id }: UserRef, typed: string, stored: Buffer): boolean {
    return sameBytes(stored, this.#hashOf(id, typed));
  }

  /** Whether a reset has opened a window that has not been used yet. */
  async isOpenedByReset(tx: Queryable, { id }: UserRef): Promise<boolean> {
    return (await tx.query(statements.byReset, [id])).length > 0;
  }

  /** Tells the current code from the next, for a form that makes one; `none` where there is none. */
  async currentCode(tx: Queryable, { id }: UserRef): Promise<string> {
    const [row] = await tx.query<{ code: string }>(statements.current, [id]);
    return row?.code ?? "none";
  }

  /** After an enrolment: the next one needs another window. */
  async close(tx: Queryable, { id }: UserRef): Promise<void> {
    await tx.query(statements.close, [id]);
  }

  /** Accepts the code in any grouping and any case. */
  #hashOf(userId: string, typed: string): Buffer {
    return this.#hash(`enrolment code ${userId} ${typedLetterCode(typed)}`);
  }
}
