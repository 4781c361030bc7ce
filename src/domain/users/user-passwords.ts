import type { AuditEvent } from "../audit/audit-event.ts";
import type { AuditStore } from "../audit/audit-store.ts";
import type { Database, Queryable } from "../../platform/database/database.ts";
import type { Clock } from "../../kernel/clock.ts";
import { OperatorError } from "../../kernel/errors.ts";
import { randomId } from "../../kernel/random.ts";
import type { Secret } from "../../kernel/secret.ts";
import { SUPPORT_OFFICE_CODE } from "../offices/office.ts";
import type { OneTimeLinkStore } from "../credentials/one-time-link-store.ts";
import type { PasswordHasher } from "../credentials/password.ts";
import { passwordFault, PASSWORD_LENGTH, type PasswordFault } from "../credentials/password-rules.ts";
import type { NewUser, User } from "./user.ts";
import type { UserRankStore } from "../access/user-rank-store.ts";
import type { UserStore } from "./user-store.ts";

interface Parts {
  readonly database: Database;
  readonly store: UserStore;
  readonly ranks: UserRankStore;
  readonly links: OneTimeLinkStore;
  readonly hasher: PasswordHasher;
  readonly audit: AuditStore;
  readonly clock: Clock;
  readonly productName: string;
}

/** Done in the transaction that adds something, so that neither is there without the other. */
type AlsoWhenAdded = (tx: Queryable, id: string) => Promise<void>;

const FAULTS: Record<PasswordFault, string> = {
  "too-short": `The password must have at least ${String(PASSWORD_LENGTH.minimum)} characters.`,
  "too-long": `The password must have at most ${String(PASSWORD_LENGTH.maximum)} characters.`,
  "too-easy": "The password is too easy to guess. A few unrelated words make a good one.",
};

/** Makes users and changes what an administrator may; the command line and the demo use it, the console will. */
export class UserService {
  readonly #parts: Parts;

  constructor(parts: Parts) {
    this.#parts = parts;
  }

  /** Answers the new user's id. Throws an OperatorError for a weak password or a taken username. */
  async add(
    draft: NewUser,
    office: { id: string; code: string },
    access: { password: Secret; actor: string; also?: AlsoWhenAdded },
  ): Promise<string> {
    const { database, store, hasher, clock } = this.#parts;
    requireFittingRole(draft, office);
    await this.#requireStrong(access.password, [office.code, draft.username, draft.name]);
    const user = {
      ...draft,
      id: randomId(),
      officeId: office.id,
      passwordHash: await hasher.hash(access.password.reveal()),
      at: clock(),
    };
    await database.inOffice(office.id, async (tx) => {
      if (!(await store.add(tx, user))) {
        throw new OperatorError(`The username ${draft.username} is taken in the office ${office.code}.`);
      }
      await this.#tell(tx, user, { type: "user.added", actor: access.actor, details: { role: draft.role } });
      await access.also?.(tx, user.id);
    });
    return user.id;
  }

  /** Ends every session, token and link of the user with the change. */
  async changePassword(
    user: User,
    access: { password: Secret; actor: string; officeCode: string },
  ): Promise<void> {
    const { database, store, links, hasher, clock } = this.#parts;
    await this.#requireStrong(access.password, [access.officeCode, user.username, user.name]);
    const passwordHash = await hasher.hash(access.password.reveal());
    await database.inOffice(user.officeId, async (tx) => {
      await store.changePassword(tx, user.id, passwordHash, clock());
      await links.voidAll(tx, user.id);
      await this.#tell(tx, user, { type: "password.changed", actor: access.actor });
    });
  }

  /** The next sign-in ends with choosing a new password. */
  async expirePassword(user: User, actor: string): Promise<void> {
    const { database, store, clock } = this.#parts;
    await database.inOffice(user.officeId, async (tx) => {
      await store.expirePassword(tx, user.id, clock());
      await this.#tell(tx, user, { type: "password.expired", actor });
    });
  }

  /** Ends every session, token and link. Answers false, and changes nothing, for the last one who leads the office. */
  async disable(user: User, actor: string): Promise<boolean> {
    const { database, ranks, links, clock } = this.#parts;
    return database.inOffice(user.officeId, async (tx) => {
      const isDone = await ranks.disable(tx, user.id, clock());
      if (isDone) {
        await links.voidAll(tx, user.id);
        await this.#tell(tx, user, { type: "user.disabled", actor });
      }
      return isDone;
    });
  }

  async enable(user: User, actor: string): Promise<void> {
    const { database, ranks, clock } = this.#parts;
    await database.inOffice(user.officeId, async (tx) => {
      await ranks.enable(tx, user.id, clock());
      await this.#tell(tx, user, { type: "user.enabled", actor });
    });
  }

  async #requireStrong(password: Secret, known: readonly string[]): Promise<void> {
    const fault = await passwordFault(password.reveal(), [this.#parts.productName, ...known]);
    if (fault !== null) {
      throw new OperatorError(FAULTS[fault]);
    }
  }

  #tell(
    tx: Queryable,
    user: { id: string; officeId: string },
    event: Pick<AuditEvent, "type" | "actor" | "details">,
  ): Promise<void> {
    return this.#parts.audit.add(tx, { ...event, outcome: "ok", officeId: user.officeId, subject: user.id });
  }
}

/** Staff of the platform sees every office: the role exists in the platform's own office, and there no other does. */
function requireFittingRole({ role }: NewUser, { code }: { code: string }): void {
  if (role === "support" && code !== SUPPORT_OFFICE_CODE) {
    throw new OperatorError(
      'The role support is for the platform\'s own staff: use "npx vestibule support add".',
    );
  }
  if (role !== "support" && code === SUPPORT_OFFICE_CODE) {
    throw new OperatorError(
      `The office ${SUPPORT_OFFICE_CODE} is for the platform's own staff: use "npx vestibule support add".`,
    );
  }
}
