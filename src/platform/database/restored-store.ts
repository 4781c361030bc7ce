import type { Database, Queryable, Statement } from "./database.ts";

const BATCH = 20_000;

/** Deletes rows of no office, in batches. */
const OIDC_STATE = ["oidc_models", "sign_ins", "console_drafts"].map((table): Statement => ({
  name: `restored_${table}`,
  text: `delete from ${table} where ctid = any(array(select ctid from ${table} limit ${String(BATCH)})) returning 1 as gone`,
}));

/** Ends what an office's users hold or were being sent. `takes`: number of parameters, the time or none. */
const OFFICE_STATEMENTS = [
  { name: "one_time_links", takes: 0, text: "delete from one_time_links where home = $home" },
  { name: "sent_codes", takes: 0, text: "delete from sent_codes where home = $home" },
  { name: "trusted_browsers", takes: 0, text: "delete from trusted_browsers where home = $home" },
  // A token that was replaced since the backup, and may have been stolen before, would have tries of its own again.
  { name: "familiar_browsers", takes: 0, text: "delete from familiar_browsers where home = $home" },
  {
    name: "enrolment_codes",
    takes: 1,
    text: `update enrolment_windows set ends_at = least(ends_at, $1), code_ends_at = least(code_ends_at, $1)
           where home = $home and code_hash is not null`,
  },
  {
    name: "approval_requests",
    takes: 1,
    text: "update approval_requests set state = 'cancelled', decided_at = $1 where home = $home and state = 'open'",
  },
  {
    name: "number_requests",
    takes: 0,
    text: "update mobile_numbers set pending_number = null, pending_at = null where home = $home and pending_number is not null",
  },
  {
    name: "messages",
    takes: 1,
    text: `update messages set state = 'expired', state_at = $1, reason = 'restored', sealed_content = null
           where home = $home and state in ('waiting', 'sending')`,
  },
  {
    // An authenticator code of the last seconds may have been used already, and must not work twice (RFC 6238 section 5.2).
    name: "app_steps",
    takes: 1,
    text: `update factors set last_step = greatest(last_step, extract(epoch from $1::timestamptz)::bigint / 30 + 1)
           where home = $home and kind = 'totp'`,
  },
] as const;

const RECOVERY_CODES = [
  { name: "recovery_codes", takes: 0, text: "delete from recovery_codes where home = $home" },
  { name: "recovery_code_sets", takes: 0, text: "delete from recovery_code_sets where home = $home" },
  // Users who had not saved theirs get new ones at the next sign-in, rather than the question about codes that are gone.
  {
    name: "unsaved_recovery_codes",
    takes: 0,
    text: "update unsaved_recovery_codes set shown_at = null where home = $home",
  },
] as const;

const EXISTENCE = {
  // Row-level security does not hide these.
  accounts: { name: "restored_accounts", text: "select from subjects limit 1" },
  users: { name: "restored_people", text: "select from users where home = $home limit 1" },
} as const satisfies Record<string, Statement>;

/** After a restore, ends everything that may have been used or revoked since the backup. Everything else stays. */
export class RestoredStore {
  readonly #database: Database;

  constructor(database: Database) {
    this.#database = database;
  }

  /** Whether any user was ever added. */
  async hasAccounts(): Promise<boolean> {
    return (await this.#database.query(EXISTENCE.accounts)).length > 0;
  }

  /** Whether any of these offices has a user. */
  async hasUsers(officeIds: readonly string[]): Promise<boolean> {
    for (const officeId of officeIds) {
      const rows = await this.#database.inOffice(officeId, (tx) => tx.query(EXISTENCE.users));
      if (rows.length > 0) {
        return true;
      }
    }
    return false;
  }

  /** Ends sessions, tokens, codes and sign-ins of all offices. Returns the number of rows. */
  async endSignIns(): Promise<number> {
    let ended = 0;
    for (const statement of OIDC_STATE) {
      let gone = BATCH;
      while (gone === BATCH) {
        gone = (await this.#database.query(statement)).length;
        ended += gone;
      }
    }
    return ended;
  }

  /** Ends links, codes, trusted and familiar browsers and requests of one office, in one transaction with what `record` writes. */
  endOffice(
    officeId: string,
    { at, withRecoveryCodes }: { at: Date; withRecoveryCodes: boolean },
    record: (tx: Queryable) => Promise<void>,
  ): Promise<void> {
    return this.#database.inOffice(officeId, async (tx) => {
      for (const { name, text, takes } of [
        ...OFFICE_STATEMENTS,
        ...(withRecoveryCodes ? RECOVERY_CODES : []),
      ]) {
        await tx.query({ name: `restored_${name}`, text }, [at].slice(0, takes));
      }
      await record(tx);
    });
  }
}
