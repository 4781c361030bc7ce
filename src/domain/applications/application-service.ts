import { SQLSTATE } from "../../platform/database/sqlstate.ts";
import type { AuditStore } from "../audit/audit-store.ts";
import type { Database, Queryable } from "../../platform/database/database.ts";
import { minutesAfter, now } from "../../kernel/clock.ts";
import { codeOf, OperatorError } from "../../kernel/errors.ts";
import { randomToken } from "../../kernel/random.ts";
import { sameBytes, Secret, type KeyedHash } from "../../kernel/secret.ts";
import {
  applicationSchema,
  hasSecret,
  type Application,
  type ApplicationSchema,
  type NewApplication,
} from "./application.ts";
import type { Surroundings } from "./application-addresses.ts";
import { versionOfApplication } from "./application-version.ts";
import { changesOf, nonDefaultsOf } from "./application-changes.ts";
import { REFRESH_GRACE_SECONDS } from "./application-settings.ts";
import type { SigningAlgorithm } from "./application-settings.ts";
import type { ApplicationStore } from "./application-store.ts";

interface Deps {
  readonly database: Database;
  readonly store: ApplicationStore;
  readonly audit: AuditStore;
  readonly hash: KeyedHash;
  /** Makes sure that there is a key of this algorithm. Called in the transaction that stores the application. */
  readonly prepareAlgorithm: (tx: Queryable, algorithm: SigningAlgorithm) => Promise<void>;
  readonly surroundings: Surroundings;
  /** Fetches the sector identifier's addresses; returns what is wrong with it, or null. */
  readonly sectorFault: (sector: { uri: string; redirectUris: readonly string[] }) => Promise<string | null>;
}

/** The new application with its secret, which is shown once; null for an application without one. */
export interface AddedApplication {
  readonly application: Application;
  readonly secret: Secret | null;
}

/** Runs in the transaction that adds the application, so that neither exists without the other. */
type AlsoWhenAdded = (tx: Queryable, id: string) => Promise<void>;

interface Attempt {
  readonly officeId: string | null;
  readonly actor: string;
  readonly attempt: string;
  /** Instead of one that is made here. */
  readonly secret?: Secret;
  readonly also?: AlsoWhenAdded;
}

interface SecretChange {
  readonly actor: string;
  /** The previous secret stays valid for so long, so that servers can be changed one at a time; 0 ends it at once. */
  readonly overlapHours?: number;
  /** Instead of one that is made here. */
  readonly secret?: Secret;
}

/** The id of the application that one submission of the form adds. */
export const applicationIdOf = (attempt: string): string => `app_${attempt}`;

/**
 * Adds and changes applications and their secrets, for the command line, the API and the console. A secret that was replaced stays valid for some
 * hours (`isSecret`).
 */
export class ApplicationService {
  /** What may be registered here: a development server takes a few addresses more. */
  readonly schema: ApplicationSchema;
  readonly #deps: Deps;

  constructor(deps: Deps) {
    this.#deps = deps;
    this.schema = applicationSchema(deps.surroundings);
  }

  /** Adds an application. The secret is returned here once and stored as a hash; public applications have none. */
  async add(
    draft: NewApplication,
    officeId: string | null,
    actor: string,
    also?: AlsoWhenAdded,
  ): Promise<AddedApplication> {
    const attempt = randomToken(15);
    const added = await this.addOnce(draft, { officeId, actor, attempt, ...(also && { also }) });
    if (added === null) {
      throw new Error("A random id was taken.");
    }
    return added;
  }

  /** The same for a form that may be sent twice: null when this attempt, a random token, has already added one. */
  async addOnce(
    draft: NewApplication,
    { officeId, actor, attempt, also, secret: given }: Attempt,
  ): Promise<AddedApplication | null> {
    await this.#judgeSector(draft);
    const id = applicationIdOf(attempt);
    const secret = hasSecret(draft) ? (given ?? new Secret(randomToken())) : null;
    const secretHash = secret === null ? null : this.#hashOf(id, secret.reveal());
    const application: Application = {
      ...draft,
      id,
      officeId,
      secretHash,
      oldSecret: null,
      isDisabled: false,
    };
    return this.#inOfficeOf(application, async (tx) => {
      await this.#deps.prepareAlgorithm(tx, application.idTokenAlgorithm);
      if (!(await this.#deps.store.add(tx, application, now()))) {
        return null;
      }
      await this.#deps.audit.add(tx, {
        type: "application.added",
        outcome: "ok",
        officeId,
        actor,
        subject: id,
        details: { ...nonDefaultsOf(draft), applicationType: draft.type, ...auditDetailsOf(draft) },
      });
      await also?.(tx, id);
      return { application, secret };
    });
  }

  change(application: Application, draft: NewApplication, actor: string): Promise<Application> {
    return this.#change(application, draft, { actor, isNewest: false });
  }

  /** The same; throws an OperatorError when it has been changed since `application` was read, because that change would be lost. */
  changeNewest(application: Application, draft: NewApplication, actor: string): Promise<Application> {
    return this.#change(application, draft, { actor, isNewest: true });
  }

  async #change(
    application: Application,
    draft: NewApplication,
    { actor, isNewest }: { readonly actor: string; readonly isNewest: boolean },
  ): Promise<Application> {
    await this.#judgeSector(draft);
    const changed: Application = { ...application, ...draft, type: application.type };
    await this.#inOfficeOf(application, async (tx) => {
      await this.#deps.prepareAlgorithm(tx, changed.idTokenAlgorithm);
      const stored = isNewest ? await this.#deps.store.findLocked(tx, application.id) : application;
      if (stored === null || versionOfApplication(stored) !== versionOfApplication(application)) {
        throw new OperatorError("The application has just been changed by another change.");
      }
      await this.#deps.store.change(tx, changed, now());
      await this.#deps.audit.add(tx, {
        type: "application.changed",
        outcome: "ok",
        officeId: application.officeId,
        actor,
        subject: application.id,
        details: { ...auditDetailsOf(draft), ...changesOf(application, changed) },
      });
    });
    return changed;
  }

  /** Replaces the secret of a confidential application and returns the new one. */
  rotateSecret = (application: Application, actor: string, overlapHours = 0): Promise<Secret> =>
    this.changeSecret(application, { actor, overlapHours });

  /**
   * The same. Throws an OperatorError when the secret has been replaced since `application` was read, because the secret of the
   * other change would be lost. Nothing is changed where the given secret is the current one already.
   */
  async changeSecret(
    application: Application,
    { actor, overlapHours = 0, secret = new Secret(randomToken()) }: SecretChange,
  ): Promise<Secret> {
    const at = now();
    const oldEndsAt = overlapHours === 0 ? null : minutesAfter(at, overlapHours * 60);
    const { id, secretHash: before } = application;
    const secretHash = this.#hashOf(id, secret.reveal());
    if (before !== null && sameBytes(secretHash, before)) {
      return secret;
    }
    await this.#inOfficeOf(application, async (tx) => {
      if (!(await this.#deps.store.changeSecret(tx, application, { secretHash, at, oldEndsAt }))) {
        throw new OperatorError("The secret has just been replaced by another change.");
      }
      await this.#deps.audit.add(tx, {
        type: "application.secret-rotated",
        outcome: "ok",
        officeId: application.officeId,
        ...{ actor, subject: id, details: { overlapHours } },
      });
    });
    return secret;
  }

  isSecret(application: Application, typed: string): boolean {
    const { id, secretHash, oldSecret } = application;
    const hash = this.#hashOf(id, typed);
    const isOld = oldSecret !== null && oldSecret.endsAt > now() && sameBytes(hash, oldSecret.hash);
    return (secretHash !== null && sameBytes(hash, secretHash)) || isOld;
  }

  /** Secrets are 256 random bits, so a keyed hash is enough; a slow hash would only slow every token request down. */
  #hashOf(id: string, secret: string): Buffer {
    return this.#deps.hash(`application secret ${id} ${secret}`);
  }

  async #judgeSector({ sectorIdentifierUri: uri, redirectUris }: NewApplication): Promise<void> {
    const fault = uri === null ? null : await this.#deps.sectorFault({ uri, redirectUris });
    if (fault !== null) {
      throw new OperatorError(`The sector identifier ${String(uri)} ${fault}.`);
    }
  }

  async #inOfficeOf<Result>(
    application: Application,
    work: (tx: Queryable) => Promise<Result>,
  ): Promise<Result> {
    const { officeId, resourceIdentifier } = application;
    const { database } = this.#deps;
    try {
      return await (officeId === null ? database.transaction(work) : database.inOffice(officeId, work));
    } catch (error) {
      if (codeOf(error) === SQLSTATE.UNIQUE_VIOLATION && resourceIdentifier !== null) {
        throw new OperatorError(`There is a resource server ${resourceIdentifier} already.`, {
          cause: error,
        });
      }
      throw error;
    }
  }
}

/** What an auditor asks about a change: the name, and each setting that is weaker than the default. */
const auditDetailsOf = (draft: NewApplication) => ({
  name: draft.name,
  firstParty: draft.firstParty,
  withoutPkce: draft.withoutPkce,
  ...(draft.unverifiedEmail ? { unverifiedEmail: true } : {}),
  ...(draft.bareUsername ? { bareUsername: true } : {}),
  ...(draft.refreshGraceSeconds > REFRESH_GRACE_SECONDS
    ? { refreshGraceSeconds: draft.refreshGraceSeconds }
    : {}),
});
