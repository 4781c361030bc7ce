import type { KeyedHash } from "../../kernel/secret.ts";
import { endsSoon } from "./interaction-payload.ts";
import { KIND, type Payload, type RowKey, type StoredModel } from "./oidc-model.ts";

/**
 * The login of a finished sign-in is kept with its facts, at the home of the office: the statement that ends the sign-in writes it, and
 * the interaction, which may be at another home, stays as it is. Both are read together when the browser follows the last redirect.
 */

/** A finished sign-in, as tokens will state it (RFC 8176, OpenID Connect Core 1.0 section 2). */
export interface Login {
  readonly accountId: string;
  readonly amr: readonly string[];
  readonly acr: string;
  /** Seconds since 1970. */
  readonly authTime: number;
}

/** The id of the facts of a sign-in: a copy of the table opens no sign-in. */
export const signInId = (hash: KeyedHash, uid: string): Buffer => hash(`sign-in ${uid}`);

/** Who reads models for a request. */
interface Reader {
  /** The home of the facts of the request's sign-in; null before the password. */
  readonly signInHome: number | null;
  find(key: RowKey): Promise<StoredModel | null>;
}

/** A model; an interaction with the login of its sign-in. Both are asked for in one turn, and so in one statement. */
export async function findAnswered(
  work: Reader,
  key: RowKey,
  { hash, id }: { hash: KeyedHash; id: string },
): Promise<StoredModel | null> {
  const home = key.kind === KIND.Interaction ? work.signInHome : null;
  if (home === null) {
    return work.find(key);
  }
  const login = { home, kind: KIND.Login, id: signInId(hash, id).toString("hex") };
  const [interaction, found] = await Promise.all([work.find(key), work.find(login)]);
  return interaction === null || found === null ? interaction : answeredBy(interaction, found);
}

/** What `find_oidc_model` of the database returns for a login. */
interface Finished {
  readonly login: Login;
  /** Seconds since 1970. */
  readonly finishedAt: number;
}

/** An answer that the interaction has itself counts: the user has cancelled it. */
function answeredBy(interaction: StoredModel, found: StoredModel): StoredModel {
  if (interaction.payload["result"] !== undefined) {
    return interaction;
  }
  const { login, finishedAt } = found.payload as Payload & Finished;
  const { accountId, acr, amr, authTime: ts } = login;
  // `remember: false`: the session cookie ends with the browser.
  const result = { login: { accountId, acr, amr, ts, remember: false } };
  const payload = endsSoon({ ...interaction.payload, result }, Math.floor(finishedAt));
  return { ...interaction, payload, account: found.account };
}
