import type { SettledTry } from "../../domain/credentials/password-check.ts";
import type { TrustedBrowserStore } from "../../domain/factors/trusted-browser-store.ts";
import type { UserRef } from "../../domain/users/user-ref.ts";
import { minutesAfter } from "../../kernel/clock.ts";
import { homeOf } from "../../kernel/home.ts";
import type { KeyedHash } from "../../kernel/secret.ts";
import type { Database, Statement } from "../../platform/database/database.ts";
import { toSettle } from "../../platform/limits/rate-limit-store.ts";
import { signInId } from "../../protocol/models/finished-login.ts";
import { endJson, type Ended, type SignInEnd } from "./sign-in-end.ts";
import type { Fact } from "./sign-in-state.ts";

/** The facts of a right password, or of a passkey in its place, and what they are recorded with. */
export interface NewSignIn {
  readonly uid: string;
  readonly user: UserRef;
  readonly applicationId: string;
  readonly facts: readonly Fact[];
  readonly at: Date;
  /** The browser's tokens of trust. */
  readonly trust: readonly string[];
  /** The state that the journey was asked about, and the counters of the try. */
  readonly settled: SettledTry;
  /** Null where another step is due. */
  readonly end: SignInEnd | null;
}

const statements = {
  begin: {
    name: "sign_in_begin_with_password",
    text: "select is_first, replaced from begin_sign_in($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14)",
  },
  beginByPasskey: {
    name: "sign_in_begin_with_passkey",
    text: "select is_first, replaced from begin_sign_in_by_passkey($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)",
  },
} as const satisfies Record<string, Statement>;

interface Deps {
  readonly database: Database;
  readonly hash: KeyedHash;
  readonly trusted: Pick<TrustedBrowserStore, "hashes">;
  readonly lifeMinutes: number;
}

/** Begins sign-ins, each by one statement that is its own transaction. */
export class SignInBeginningStore {
  readonly #deps: Deps;

  constructor(deps: Deps) {
    this.#deps = deps;
  }

  /** Null, with nothing written, when the sign-in has begun already, or the state of the user is another one by now. */
  async begin({ uid, user, at, settled, end, ...more }: NewSignIn): Promise<Ended | null> {
    const { database, hash, trusted, lifeMinutes } = this.#deps;
    const proved = settled.answer === undefined ? toSettle(settled.counters) : [settled.answer];
    const [row] = await database.query<{ is_first: boolean | null; replaced: Buffer[] | null }>(
      settled.answer === undefined ? statements.begin : statements.beginByPasskey,
      [
        homeOf(user.officeId),
        signInId(hash, uid),
        user.officeId,
        user.id,
        more.applicationId,
        JSON.stringify(more.facts),
        at,
        minutesAfter(at, lifeMinutes),
        trusted.hashes(more.trust),
        settled.state.version,
        ...proved,
        end === null ? null : endJson(end),
      ],
    );
    return row === undefined ? null : { isFirst: row.is_first === true, replaced: row.replaced ?? [] };
  }
}
