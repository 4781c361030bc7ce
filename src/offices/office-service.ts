import type { AuditStore } from "../audit/audit-store.ts";
import type { Database } from "../database/database.ts";
import type { Clock } from "../kernel/clock.ts";
import { OperatorError } from "../kernel/errors.ts";
import { randomId } from "../kernel/random.ts";
import { newOfficeSchema, SUPPORT_OFFICE_CODE, type NewOffice, type Office } from "./office.ts";
import type { OfficeStore } from "./office-store.ts";

interface Parts {
  readonly database: Database;
  readonly store: OfficeStore;
  readonly audit: AuditStore;
  readonly clock: Clock;
}

/** Makes and changes offices; the command line and the demo use it, the console will. */
export class OfficeService {
  readonly #parts: Parts;

  constructor(parts: Parts) {
    this.#parts = parts;
  }

  /** Answers the new office's id. Throws an OperatorError when the code is taken. */
  async add(draft: NewOffice, actor: string): Promise<string> {
    if (draft.code === SUPPORT_OFFICE_CODE) {
      throw new OperatorError(
        `The office code ${SUPPORT_OFFICE_CODE} is kept for the platform's own staff; "vestibule support add" makes that office.`,
      );
    }
    return this.#add(draft, actor);
  }

  /** The office of the platform's own staff; made when it is first needed. */
  async supportOffice(productName: string, actor: string): Promise<Office> {
    const { store } = this.#parts;
    const existing = await store.findByCode(SUPPORT_OFFICE_CODE);
    if (existing !== null) {
      return existing;
    }
    const draft = newOfficeSchema.parse({ code: SUPPORT_OFFICE_CODE, name: `${productName} support` });
    const made = await store.find(await this.#add(draft, actor));
    if (made === null) {
      throw new Error("The office that was just made is not there.");
    }
    return made;
  }

  async #add(draft: NewOffice, actor: string): Promise<string> {
    const { database, store, audit, clock } = this.#parts;
    const id = randomId();
    await database.inOffice(id, async (tx) => {
      if (!(await store.add(tx, id, draft, clock()))) {
        throw new OperatorError(`The office code ${draft.code} is taken.`);
      }
      await audit.add(tx, {
        type: "office.added",
        outcome: "ok",
        officeId: id,
        actor,
        subject: id,
        details: { code: draft.code, name: draft.name },
      });
    });
    return id;
  }

  /** A closed office's people have no session and no valid token from this moment on. */
  async change(office: Office, actor: string): Promise<void> {
    if (office.code === SUPPORT_OFFICE_CODE && office.status === "closed") {
      throw new OperatorError(
        "The office of the platform's own staff stays open; disable its users instead.",
      );
    }
    const { database, store, audit, clock } = this.#parts;
    await database.inOffice(office.id, async (tx) => {
      await store.change(tx, office, clock());
      await audit.add(tx, {
        type: "office.changed",
        outcome: "ok",
        officeId: office.id,
        actor,
        subject: office.id,
        details: {
          name: office.name,
          status: office.status,
          sessionMinutes: office.sessionMinutes,
          secondFactor: office.secondFactor.demand,
          secondFactorFrom: office.secondFactor.from?.toISOString() ?? null,
          methods: office.secondFactor.methods.join(" "),
          country: office.country,
          countries: office.countries.join(" "),
          smsDailyBudget: office.smsDailyBudget,
        },
      });
    });
  }
}
