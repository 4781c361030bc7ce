import type { AuditStore } from "../audit/audit-store.ts";
import type { AuditType } from "../audit/audit-event.ts";
import { RESISTANT_KINDS, type Sending } from "../factors/factor.ts";
import type { SuperuserNotices } from "../users/superuser-notices.ts";
import type { Conflict, LastChangeStore } from "../audit/last-change-store.ts";
import type { Database, Queryable } from "../../platform/database/database.ts";
import { localDay, startOfDay } from "../../kernel/time-zone.ts";
import { now } from "../../kernel/clock.ts";
import { OperatorError } from "../../kernel/errors.ts";
import { randomId } from "../../kernel/random.ts";
import {
  canMeetResistance,
  firstSecondFactorOf,
  newOfficeSchema,
  staffFaultOf,
  SUPPORT_OFFICE_CODE,
  type NewOffice,
  type Office,
  type StaffFault,
} from "./office.ts";
import type { OfficeClosingStore } from "./office-closing-store.ts";
import type { ClaimedOffice, OfficeStore } from "./office-store.ts";
import { momentsOf, type PolicyNotices } from "./policy-notices.ts";
import type { OfficePurgeStore } from "./office-purge-store.ts";

interface Deps {
  readonly database: Database;
  readonly store: OfficeStore;
  readonly closing: OfficeClosingStore;
  readonly purges: OfficePurgeStore;
  readonly superusers: SuperuserNotices;
  /** Days from closing an office to its deletion. */
  readonly closedDays: number;
  readonly audit: AuditStore;
  readonly lastChange: LastChangeStore;
  /** Whether this installation has a gateway for text messages. */
  readonly sending: Sending;
  readonly policyNotices: Pick<PolicyNotices, "schedule">;
}

export type OfficeChange = { readonly type: "changed"; readonly office: Office } | Conflict<Office>;

/** Runs in the transaction that adds or changes the office, so that neither exists without the other. */
type Also = (tx: Queryable, id: string) => Promise<void>;

const STAYS_STRICT =
  "The platform's own staff always give a second factor: in the office SUPPORT it stays required at once, and no browser is trusted.";
const STAFF_FAULTS: Record<StaffFault, string> = {
  closed: "The office of the platform's own staff stays open; disable its users instead.",
  "factor-off": STAYS_STRICT,
  "factor-later": STAYS_STRICT,
  "factor-weak":
    "The platform's own staff have no codes by email: a reader of one mailbox would reach every office.",
  trust: STAYS_STRICT,
};

const CHANGES: readonly AuditType[] = ["office.added", "office.changed"];

/** Adds and changes offices. */
export class OfficeService {
  readonly #deps: Deps;

  constructor(deps: Deps) {
    this.#deps = deps;
  }

  /** Returns the new office's id. Throws an OperatorError when the code is taken. */
  async add(draft: NewOffice, actor: string, also?: Also): Promise<string> {
    if (draft.code === SUPPORT_OFFICE_CODE) {
      throw new OperatorError(
        `The office code ${SUPPORT_OFFICE_CODE} is kept for the platform's own staff; "npx vestibule support add" makes that office.`,
      );
    }
    return this.#add(draft, actor, also);
  }

  /** The office of the platform's own staff; created when it is first needed. */
  async supportOffice(productName: string, actor: string): Promise<Office> {
    const { store } = this.#deps;
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

  async #add(draft: NewOffice, actor: string, also?: Also): Promise<string> {
    const { database, store, audit, sending } = this.#deps;
    const id = randomId();
    const secondFactor = firstSecondFactorOf(draft, sending);
    await database.inOffice(id, async (tx) => {
      if (!(await store.add(tx, id, { ...draft, secondFactor }, now()))) {
        throw new OperatorError(`The office code ${draft.code} is taken.`);
      }
      await audit.add(tx, {
        type: "office.added",
        outcome: "ok",
        officeId: id,
        actor,
        subject: id,
        details: { code: draft.code, name: draft.name, methods: secondFactor.methods.join(" ") },
      });
      await also?.(tx, id);
    });
    return id;
  }

  /**
   * Changes the office to the given state, if its version is still the given one. Closing it ends every session, token and
   * link of its users for good: none is valid again when it is reopened. Throws an OperatorError for what the office of the
   * platform's staff cannot be.
   */
  async change(office: Office, actor: string, also?: Also): Promise<OfficeChange> {
    const fault = staffFaultOf(office);
    if (fault !== null) {
      throw new OperatorError(STAFF_FAULTS[fault]);
    }
    if (!canMeetResistance(office)) {
      throw new OperatorError(
        `The office has to accept a method that resists phishing (${RESISTANT_KINDS.join(", ")}) before users can need one.`,
      );
    }
    const { database, store, lastChange } = this.#deps;
    return database.inOffice(office.id, async (tx) => {
      const before = await store.claim(tx, office);
      if (before === null) {
        const last = await lastChange.find(tx, office.id, CHANGES);
        return { type: "conflict", last, current: (await store.find(office.id, tx)) ?? office };
      }
      await this.#store(tx, office, { before, actor });
      await also?.(tx, office.id);
      return { type: "changed", office: (await store.find(office.id, tx)) ?? office };
    });
  }

  /** The days from which more is required stay the same days in another time zone. */
  #inZone<T extends { readonly from: Date | null }>(policy: T, { timeZone, zone }: Office): T {
    const wanted = this.#deps.store.zoneOf(timeZone);
    return policy.from === null || wanted === zone
      ? policy
      : { ...policy, from: startOfDay(localDay(policy.from, zone), wanted) };
  }

  async #store(
    tx: Queryable,
    office: Office,
    { before, actor }: { before: ClaimedOffice; actor: string },
  ): Promise<void> {
    const { store, closing, audit, policyNotices } = this.#deps;
    const at = now();
    const changed = {
      ...office,
      secondFactor: this.#inZone(office.secondFactor, office),
      phishingResistance: this.#inZone(office.phishingResistance, office),
    };
    await store.change(tx, changed, at);
    await policyNotices.schedule(tx, changed, momentsOf(before));
    const who = { outcome: "ok", officeId: office.id, actor, subject: office.id } as const;
    await audit.add(tx, { type: "office.changed", ...who, details: policyOf(changed) });
    if (before.status === office.status) {
      return;
    }
    await audit.add(tx, { type: office.status === "closed" ? "office.closed" : "office.opened", ...who });
    if (office.status === "closed") {
      await closing.endAll(tx, at);
      await this.#schedule(tx, office);
    }
  }

  /** Its superusers are notified of the day: until then, support can open it again. */
  async #schedule(tx: Queryable, office: Office): Promise<void> {
    const { purges, superusers, closedDays } = this.#deps;
    const purgeAt = await purges.schedule(tx, office.id, closedDays);
    if (purgeAt !== null) {
      await superusers.officeClosed(tx, office, purgeAt);
    }
  }
}

const policyOf = (office: Office) => ({
  name: office.name,
  status: office.status,
  timeZone: office.timeZone,
  sessionMinutes: office.sessionMinutes,
  secondFactor: office.secondFactor.demand,
  secondFactorFrom: office.secondFactor.from?.toISOString() ?? null,
  methods: office.secondFactor.methods.join(" "),
  country: office.country,
  countries: office.countries.join(" "),
  smsDailyBudget: office.smsDailyBudget,
  trustedBrowserDays: office.trustedBrowserDays,
  passwordless: office.isPasswordless,
  mailboxEnough: office.isMailboxEnough,
  phishingResistance: office.phishingResistance.of,
  phishingResistanceFrom: office.phishingResistance.from?.toISOString() ?? null,
  passkeyModels: office.passkeyModels?.join(" ") ?? null,
  hasLogo: office.branding.logoUrl !== null,
  support: describeContact(office.support),
});

const describeContact = (support: Office["support"]): string | null =>
  support === null
    ? null
    : Object.values(support)
        .filter((part) => part !== null)
        .join(" · ");
