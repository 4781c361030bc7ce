import { denialOf, type Denial } from "../access/access.ts";
import { aboutOffice, type ActingApplication, type Actor } from "../access/actor.ts";
import type { AuditEvent } from "../audit/audit-event.ts";
import type { AuditStore } from "../audit/audit-store.ts";
import type { NamedActor } from "../audit/named-actors.ts";
import type { ApiScope } from "../access/api-scopes.ts";
import { linkTokenOf, officeOfToken } from "../credentials/one-time-link.ts";
import type { Office } from "../offices/office.ts";
import type { OfficeStore } from "../offices/office-store.ts";
import { randomKey } from "../../kernel/random.ts";
import type { KeyedHash, Secret } from "../../kernel/secret.ts";
import type { Database, Queryable } from "../../platform/database/database.ts";
import type { ScimTokenStore } from "./scim-token-store.ts";

interface Deps {
  readonly database: Database;
  readonly tokens: ScimTokenStore;
  readonly offices: Pick<OfficeStore, "find">;
  readonly audit: AuditStore;
  readonly hash: KeyedHash;
}

/** What the audit log calls a directory. */
const SCIM_ACTOR: NamedActor = "scim";

/** A directory may what the superusers of its office may do to users, and nothing else. */
export const DIRECTORY_SCOPES: readonly ApiScope[] = [
  ...(["users:read", "users:write", "users:identity", "users:roles", "users:delete"] as const),
];

const directoryOf = (officeId: string): ActingApplication => ({
  id: SCIM_ACTOR,
  officeId,
  role: "application",
  scopes: DIRECTORY_SCOPES,
});

export interface Directory {
  readonly by: ActingApplication;
  readonly office: Office;
}

interface Making {
  /** When the current one was made; null for none. */
  readonly seen: Date | null;
  /** 32 random bytes; the same ones twice make one token. */
  readonly seed?: Buffer;
}

/** Whether an application would give a directory more than it may itself. */
const lacksScopes = (by: Actor): boolean =>
  by.role === "application" && DIRECTORY_SCOPES.some((scope) => !by.scopes.includes(scope));

type Made =
  { readonly type: "made"; readonly token: Secret } | { readonly type: "another" | "lacks-scopes" | Denial };

/** Makes, replaces and ends the token with which the directory of an office calls, and checks it. */
export class ScimAccess {
  readonly #deps: Deps;

  constructor(deps: Deps) {
    this.#deps = deps;
  }

  /**
   * A new token, to be shown once. The one before is valid for a day. `another`: another one was made in the meantime, such as by the same
   * form, and this one is not.
   */
  async make(office: Pick<Office, "id">, by: Actor, { seen, seed = randomKey(32) }: Making): Promise<Made> {
    const { database, tokens } = this.#deps;
    const denial = denialOf(by, "scim.change", aboutOffice(office));
    if (denial !== null) {
      return { type: denial };
    }
    if (lacksScopes(by)) {
      return { type: "lacks-scopes" };
    }
    const token = linkTokenOf(office.id, seed);
    return database.inOffice(office.id, async (tx) => {
      const done = await tokens.add(tx, office.id, { hash: this.#hashOf(token.reveal()), seen });
      if (done === "nothing") {
        return { type: "another" };
      }
      if (done !== "there") {
        await this.#record(tx, office, { type: `scim.token-${done}`, by });
      }
      return { type: "made", token };
    });
  }

  /** Ends every token at once, or only those that a newer one has replaced. `none`: there was nothing to end. */
  async end(
    office: Pick<Office, "id">,
    which: "all" | "replaced",
    by: Actor,
  ): Promise<{ readonly type: "ended" | "none" | Denial }> {
    const { database, tokens } = this.#deps;
    const denial = denialOf(by, "scim.change", aboutOffice(office));
    if (denial !== null) {
      return { type: denial };
    }
    return database.inOffice(office.id, async (tx) => {
      if (!(await tokens.end(tx, office.id, which))) {
        return { type: "none" };
      }
      await this.#record(tx, office, { type: "scim.token-ended", by });
      return { type: "ended" };
    });
  }

  /** The directory of a token; null for one that is not valid. The token names its office, whose rows alone are searched. */
  async check(token: string): Promise<Directory | null> {
    const { tokens, offices } = this.#deps;
    const officeId = officeOfToken(token);
    if (officeId === null || !(await tokens.isValid(officeId, this.#hashOf(token)))) {
      return null;
    }
    const office = await offices.find(officeId);
    return office === null ? null : { by: directoryOf(office.id), office };
  }

  #hashOf(token: string): Buffer {
    return this.#deps.hash(`scim token ${token}`);
  }

  #record(
    tx: Queryable,
    office: Pick<Office, "id">,
    { type, by }: Pick<AuditEvent, "type"> & { readonly by: Actor },
  ): Promise<void> {
    return this.#deps.audit.add(tx, {
      ...{ type, outcome: "ok", officeId: office.id, actor: by.id, subject: office.id },
    });
  }
}
