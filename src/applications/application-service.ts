import type { AuditStore } from "../audit/audit-store.ts";
import type { Database, Queryable } from "../database/database.ts";
import type { Clock } from "../kernel/clock.ts";
import { randomToken } from "../kernel/random.ts";
import { sameBytes, Secret, type KeyedHash } from "../kernel/secret.ts";
import { isConfidential, type Application, type NewApplication } from "./application.ts";
import type { ApplicationStore } from "./application-store.ts";

interface Parts {
  readonly database: Database;
  readonly store: ApplicationStore;
  readonly audit: AuditStore;
  readonly hash: KeyedHash;
  readonly clock: Clock;
}

/** Makes and changes applications; the command line and the demo use it, the console will. */
export class ApplicationService {
  readonly #parts: Parts;

  constructor(parts: Parts) {
    this.#parts = parts;
  }

  /** Adds an application. The secret is told here once and is kept as a hash; public applications have none. */
  async add(
    draft: NewApplication,
    officeId: string | null,
    actor: string,
  ): Promise<{ application: Application; secret: Secret | null }> {
    const id = `app_${randomToken(15)}`;
    const secret = isConfidential(draft.type) ? new Secret(randomToken()) : null;
    const secretHash = secret === null ? null : this.#hashOf(id, secret.reveal());
    const application: Application = { ...draft, id, officeId, secretHash };
    await this.#inOfficeOf(application, async (tx) => {
      await this.#parts.store.add(tx, application, this.#parts.clock());
      await this.#parts.audit.add(tx, {
        type: "application.added",
        outcome: "ok",
        officeId,
        actor,
        subject: id,
        details: { name: draft.name, applicationType: draft.type, withoutPkce: draft.withoutPkce },
      });
    });
    return { application, secret };
  }

  async change(application: Application, draft: NewApplication, actor: string): Promise<Application> {
    const changed: Application = { ...application, ...draft, type: application.type };
    await this.#inOfficeOf(application, async (tx) => {
      await this.#parts.store.change(tx, changed, this.#parts.clock());
      await this.#parts.audit.add(tx, {
        type: "application.changed",
        outcome: "ok",
        officeId: application.officeId,
        actor,
        subject: application.id,
        details: { name: draft.name, withoutPkce: draft.withoutPkce },
      });
    });
    return changed;
  }

  /** Replaces the secret of a confidential application at once and tells the new one. */
  async rotateSecret(application: Application, actor: string): Promise<Secret> {
    const secret = new Secret(randomToken());
    await this.#inOfficeOf(application, async (tx) => {
      const secretHash = this.#hashOf(application.id, secret.reveal());
      await this.#parts.store.changeSecret(tx, application.id, secretHash, this.#parts.clock());
      await this.#parts.audit.add(tx, {
        type: "application.secret-rotated",
        outcome: "ok",
        officeId: application.officeId,
        actor,
        subject: application.id,
      });
    });
    return secret;
  }

  isSecret(application: Application, typed: string): boolean {
    return (
      application.secretHash !== null &&
      sameBytes(this.#hashOf(application.id, typed), application.secretHash)
    );
  }

  /** Secrets are 256 random bits, so a keyed hash is enough; a slow one would only cost every token request. */
  #hashOf(id: string, secret: string): Buffer {
    return this.#parts.hash(`application secret ${id} ${secret}`);
  }

  #inOfficeOf(application: Application, work: (tx: Queryable) => Promise<void>): Promise<void> {
    const { officeId } = application;
    return officeId === null
      ? this.#parts.database.transaction(work)
      : this.#parts.database.inOffice(officeId, work);
  }
}
