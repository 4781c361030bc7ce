import { homeOf, randomHome } from "../../kernel/home.ts";
import type { Database, Statement } from "../../platform/database/database.ts";
import type { OfficeLook } from "../offices/office.ts";
import { toReserve, type RateLimit, type Reserved } from "../../platform/limits/rate-limit-store.ts";

interface UserRow {
  readonly id: string;
  readonly status: "active" | "disabled";
  /** Seconds since 1970: what the user proved before has ended, or a part of it. */
  readonly validFrom: number;
}

/** The user behind an office code and username, read before the password is checked. */
export interface Candidate {
  readonly office:
    (OfficeLook & { id: string; code: string; name: string; status: "open" | "closed" }) | null;
  readonly user: (UserRow & { passwordHash: string }) | null;
  /** Null when the account is not known to have been used from this browser. */
  readonly familiar: FamiliarBrowser | null;
}

/** A browser that is familiar to the account. */
export interface FamiliarBrowser {
  readonly hash: Buffer;
  /** The account has got a new password since the browser proved one. */
  readonly isOutdated: boolean;
}

interface Row {
  readonly office: Candidate["office"];
  readonly account: UserRow | null;
  readonly password_hash: string | null;
  readonly familiar: Buffer | null;
  readonly is_outdated: boolean | null;
}

/** A limit with the token of the familiar browser for which it is: `OUTDATED` for one that proved an older password, null for strangers. */
export type LimitOfBrowser = RateLimit & { readonly browser: Buffer | null };

export const OUTDATED = Buffer.alloc(0);

/** What the journey of a sign-in reads of the user; `version` tells it from another state. The columns are those of `find_sign_in_state`. */
export interface UserState {
  readonly columns: object;
  readonly version: string;
}

/** A candidate whose try was counted. */
export interface Tried {
  readonly candidate: Candidate;
  /** Null for an unknown user. */
  readonly state: UserState | null;
  /** The limits that were not full. */
  readonly reserved: readonly Reserved[];
}

interface TriedRow extends Row {
  readonly state: object | null;
  readonly version: string | null;
  /** Null where the office is at another home. */
  readonly reserved: readonly Reserved[] | null;
}

const statements = {
  attempt: {
    name: "password_try",
    text: "select * from try_password($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13)",
  },
  find: { name: "sign_in_candidate", text: "select * from find_sign_in_candidate($1, $2, $3, $4, $5)" },
} as const satisfies Record<string, Statement>;

/** What a visitor typed, folded. */
interface Names {
  readonly officeCode: string;
  readonly username: string;
}

/** Tokens of a browser, as they are stored. */
interface BrowserTokens {
  readonly familiar: readonly Buffer[];
  readonly trust: readonly Buffer[];
}

interface Counted {
  readonly limits: readonly LimitOfBrowser[];
  readonly now: Date;
}

/** A candidate is found by an office code, which does not carry a home. */
export class PasswordCheckStore {
  readonly #database: Database;
  /**
   * The home of each office that was found here before. Code and id of an office never change, so this is never out of date, and
   * codes that no office has do not fill it.
   */
  readonly #homes = new Map<string, number>();

  constructor(database: Database) {
    this.#database = database;
  }

  /** Counts a try and finds the candidate, in one statement. */
  try(names: Names, browser: BrowserTokens, { limits, now }: Counted): Promise<Tried> {
    const { familiar, trust } = browser;
    const more = [familiar, trust, now, ...toReserve(limits), limits.map((limit) => limit.browser)];
    return this.#atHome(names, async (home) => {
      const values = [home, names.officeCode, names.username, ...more];
      const [row] = await this.#database.query<TriedRow>(statements.attempt, values);
      const candidate = toCandidate(row);
      const { state = null, version = null, reserved = null } = row ?? {};
      return {
        candidate,
        state:
          candidate.user === null || state === null || version === null ? null : { columns: state, version },
        reserved: reserved ?? [],
      };
    });
  }

  async find(names: Names, browsers: readonly Buffer[], now: Date): Promise<Candidate> {
    const { candidate } = await this.#atHome(names, async (home) => {
      const values = [home, names.officeCode, names.username, browsers, now];
      const [row] = await this.#database.query<Row>(statements.find, values);
      return { candidate: toCandidate(row) };
    });
    return candidate;
  }

  /**
   * One statement, at a random home where the office is unknown: a code that no office has costs the same as one that has been
   * used before. Only the first use of an office's code in this process takes a second one.
   */
  async #atHome<T extends { readonly candidate: Candidate }>(
    { officeCode }: Names,
    ask: (home: number) => Promise<T>,
  ): Promise<T> {
    const asked = this.#homes.get(officeCode) ?? randomHome();
    const found = await ask(asked);
    const { office } = found.candidate;
    const home = office === null ? asked : homeOf(office.id);
    if (home === asked) {
      return found;
    }
    this.#homes.set(officeCode, home);
    return ask(home);
  }
}

function toCandidate(row: Row | undefined): Candidate {
  if (row === undefined || row.office === null) {
    return { office: null, user: null, familiar: null };
  }
  const { office, account, password_hash: passwordHash } = row;
  const user = account === null || passwordHash === null ? null : { ...account, passwordHash };
  const familiar =
    row.familiar === null ? null : { hash: row.familiar, isOutdated: row.is_outdated === true };
  return { office, user, familiar };
}
