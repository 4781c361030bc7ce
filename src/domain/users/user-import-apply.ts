import type { AuditStore } from "../audit/audit-store.ts";
import type { Database, Queryable } from "../../platform/database/database.ts";
import { now } from "../../kernel/clock.ts";
import { randomToken } from "../../kernel/random.ts";
import type { TaskJobs } from "../../platform/messages/task-jobs.ts";
import { dummyLike } from "../credentials/imported-hashes/imported-hash.ts";
import type { PasswordHasher } from "../credentials/password.ts";
import type { PasswordKinds } from "../credentials/password-kinds.ts";
import { denialOf, isOfPlatform, rolesToGiveAlone } from "../access/access.ts";
import { aboutOffice, type Actor } from "../access/actor.ts";
import type { Role } from "../access/role.ts";
import type { Action } from "../access/permissions.ts";
import type { Office } from "../offices/office.ts";
import type { UserRankStore } from "../access/user-rank-store.ts";
import type { SuperuserNotices } from "./superuser-notices.ts";
import type { BroughtSecrets, ImportRun } from "./user-import-model.ts";
import type { UserImportApplyStore } from "./user-import-apply-store.ts";
import { recordEach, recordImport } from "./user-import-events.ts";
import type { PasskeyClash, UserImportStore } from "./user-import-store.ts";

/**
 * `changed`: a username or a passkey was taken since the dry run, whose verdicts are new now · `busy`: it is being applied ·
 * `refused`: it has bad rows, is not checked, or does not exist · `role`: gives a role, or proves users or addresses, as this actor
 * may not.
 */
export type ApplyResult =
  | { readonly type: "applied"; readonly added: number }
  | { readonly type: "changed" | "busy" | "refused" | "role" };

interface Deps {
  readonly database: Database;
  readonly store: UserImportApplyStore;
  readonly runs: UserImportStore;
  readonly hasher: PasswordHasher;
  readonly passwordKinds: PasswordKinds;
  readonly audit: AuditStore;
  readonly jobs: TaskJobs;
  readonly ranks: UserRankStore;
  readonly superusers: SuperuserNotices;
}

/** The actor, the run and its office, and the options. */
interface ImportRequest {
  readonly office: Pick<Office, "id" | "code">;
  readonly by: Actor;
  readonly invites: boolean;
  /** Whether the mail addresses are the users' own; only the operator may say so. */
  readonly areMailsProved?: boolean;
}

const BATCH = 1_000;

/** Adds all users of a checked file or none, in one transaction whatever the number of rows. */
export class UserImportApply {
  readonly #deps: Deps;

  constructor(deps: Deps) {
    this.#deps = deps;
  }

  async apply(id: string, request: ImportRequest): Promise<ApplyResult> {
    const { database, runs, hasher, passwordKinds } = this.#deps;
    const officeId = request.office.id;
    const run = await database.inOffice(officeId, (tx) => runs.find(tx, id));
    if (run?.state !== "checked" || run.bad > 0) {
      return { type: "refused" };
    }
    // A random password that is not stored. One for the whole file is as safe as one each, and a large file takes no hour.
    const passwordHash = await hasher.hash(randomToken());
    try {
      const result = await database.inOffice(officeId, (tx) =>
        this.#applyIn(tx, run, { ...request, passwordHash }),
      );
      await passwordKinds.read();
      return result;
    } catch (error) {
      if (!(error instanceof Taken)) {
        throw error;
      }
      await runs.judge(run, now(), error.clashes);
      return { type: "changed" };
    }
  }

  async #applyIn(
    tx: Queryable,
    run: ImportRun,
    {
      office,
      by,
      invites,
      areMailsProved = false,
      passwordHash,
    }: ImportRequest & { readonly passwordHash: string },
  ): Promise<ApplyResult> {
    const { store, runs, jobs, superusers, audit } = this.#deps;
    if (!(await store.lock(tx, run.id))) {
      return { type: "busy" };
    }
    if ((await runs.find(tx, run.id))?.state !== "checked") {
      return { type: "refused" };
    }
    const given = await runs.rolesOf(tx, run.id);
    const brought = await runs.brought(tx, run.id);
    if (!(await this.#mayGive(tx, [...given.keys()], { office, by, areMailsProved, brought }))) {
      return { type: "role" };
    }
    await this.#nameKinds(tx, run);
    await superusers.imported(tx, run.officeId, given.get("superuser") ?? 0);
    const added = await this.#addAll(tx, run, { actor: by.id, passwordHash, areMailsProved });
    if (!(await store.spend(tx, run.id, { added, invites, at: now() }))) {
      throw new Error("The import was changed while it was applied.");
    }
    await store.forgetSecrets(tx, run.id);
    await recordImport(audit, tx, { run, actor: by.id, added, areMailsProved, brought });
    if (invites) {
      await jobs.add(tx, { task: "import-invite", id: run.id, officeId: run.officeId, turn: 0 }, 0);
    }
    return { type: "applied", added };
  }

  /** Judged again, because the office may have a superuser since the dry run. */
  async #mayGive(
    tx: Queryable,
    given: readonly Role[],
    {
      office,
      by,
      areMailsProved,
      brought,
    }: Pick<ImportRequest, "office" | "by"> & {
      readonly areMailsProved: boolean;
      readonly brought: BroughtSecrets;
    },
  ): Promise<boolean> {
    const isAsked = isOfPlatform(by) && given.includes("superuser");
    const hasSuperuser = isAsked && (await this.#deps.ranks.hasSuperuser(tx, now()));
    const roles = rolesToGiveAlone(by, office, hasSuperuser);
    const provesUsers = Object.values(brought).some((count) => count > 0);
    const actions: readonly Action[] = [
      "users.import",
      ...(areMailsProved ? ["user.prove-mail" as const] : []),
      ...(provesUsers ? ["users.import-secrets" as const] : []),
    ];
    const isDenied = actions.some((action) => denialOf(by, action, aboutOffice(office)) !== null);
    return !isDenied && given.every((role) => roles.includes(role));
  }

  /** Before the first hash can be compared: a wrong password takes as long as the slowest from now on. */
  async #nameKinds(tx: Queryable, run: ImportRun): Promise<void> {
    const { store, passwordKinds } = this.#deps;
    for (const { kind, hash, milliseconds } of await store.slowestHashes(tx, run.id)) {
      await passwordKinds.add(tx, { kind, dummy: dummyLike(hash), milliseconds });
    }
  }

  async #addAll(
    tx: Queryable,
    run: ImportRun,
    { actor, ...access }: { actor: string; passwordHash: string; areMailsProved: boolean },
  ): Promise<number> {
    const { store, audit } = this.#deps;
    const at = now();
    let added = 0;
    await store.prepare(tx);
    for (let after = 0; added < run.rows;) {
      const batch = await store.add(tx, run, { after, limit: BATCH, ...access, at });
      if (batch.type === "taken") {
        throw new Taken(batch.clashes);
      }
      const { users, last } = batch;
      if (users.length === 0) {
        break;
      }
      await recordEach(audit, tx, { run, actor, users });
      added += users.length;
      after = last;
      // In a transaction of its own: this one is not visible before its end.
      await store.reportProgress(run, added, now());
    }
    return added;
  }
}

/** Rolls the whole request back: a username is taken by now, or what these lines name. */
class Taken extends Error {
  readonly clashes: readonly PasskeyClash[];

  constructor(clashes: readonly PasskeyClash[]) {
    super("Taken in the meantime.");
    this.clashes = clashes;
  }
}
