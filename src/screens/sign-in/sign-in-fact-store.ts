import type { CodeToSpend } from "../../domain/factors/code-try.ts";
import type { TrustedBrowserStore } from "../../domain/factors/trusted-browser-store.ts";
import type { UserRef } from "../../domain/users/user-ref.ts";
import { now } from "../../kernel/clock.ts";
import { homeOf } from "../../kernel/home.ts";
import type { KeyedHash } from "../../kernel/secret.ts";
import type { Database, Queryable, Statement } from "../../platform/database/database.ts";
import { signInId } from "../../protocol/models/finished-login.ts";
import { endJson, type Ended, type SignInEnd } from "./sign-in-end.ts";
import type { Fact } from "./sign-in-state.ts";

/** Facts that the journey was asked about, and what they are recorded with. */
export interface NewFacts {
  readonly uid: string;
  readonly user: UserRef;
  /** The browser's tokens of trust. */
  readonly trust: readonly string[];
  /** The state that the journey was asked about. */
  readonly version: string;
  readonly facts: readonly Fact[];
  /** The code that proves them; null for facts without one. */
  readonly code: CodeToSpend | null;
  /** Null where another step is due. */
  readonly end: SignInEnd | null;
  /** What belongs to the same transaction; null where nothing does. */
  readonly after: ((tx: Queryable, recorded: Recorded) => Promise<void>) | null;
}

/** `left`: recovery codes, after one was used. */
type Recorded = Ended & { readonly type: "recorded"; readonly left: number };

/** `changed`: the state is another one by now. `used`: so was the code. Nothing is written then. */
export type FactResult = Recorded | { readonly type: "changed" | "used" };

interface Row {
  readonly outcome: FactResult["type"];
  readonly left_over: number;
  readonly is_first: boolean;
  readonly replaced: Buffer[] | null;
}

const statements = {
  advance: {
    name: "sign_in_advance",
    text: "select outcome, left_over, is_first, replaced from advance_sign_in($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)",
  },
} as const satisfies Record<string, Statement>;

interface Deps {
  readonly database: Database;
  readonly hash: KeyedHash;
  readonly trusted: TrustedBrowserStore;
  /** The number of wrong codes after which only a reset helps. */
  readonly frozenFrom: number;
}

/** Adds facts that change nothing else of what the journey reads: by one statement, and mostly one that is its own transaction. */
export class SignInFactStore {
  readonly #deps: Deps;

  constructor(deps: Deps) {
    this.#deps = deps;
  }

  async add(facts: NewFacts): Promise<FactResult> {
    const { after, user } = facts;
    if (after === null) {
      return this.#advance(this.#deps.database, facts);
    }
    return this.#deps.database.inOffice(user.officeId, async (tx) => {
      const result = await this.#advance(tx, facts);
      if (result.type === "recorded") {
        await after(tx, result);
      }
      return result;
    });
  }

  async #advance(queryable: Queryable, facts: NewFacts): Promise<FactResult> {
    const { uid, user, trust, version, code, end } = facts;
    const { hash, trusted, frozenFrom } = this.#deps;
    const [row] = await queryable.query<Row>(statements.advance, [
      homeOf(user.officeId),
      signInId(hash, uid),
      user.officeId,
      user.id,
      now(),
      trusted.hashes(trust),
      version,
      frozenFrom,
      JSON.stringify(facts.facts),
      code === null ? null : JSON.stringify(code),
      end === null ? null : endJson(end),
    ]);
    if (row?.outcome !== "recorded") {
      return { type: row?.outcome ?? "changed" };
    }
    return { type: "recorded", left: row.left_over, isFirst: row.is_first, replaced: row.replaced ?? [] };
  }
}
