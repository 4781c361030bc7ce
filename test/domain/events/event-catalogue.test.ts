import { expect } from "chai";
import { AUDIT_TYPES } from "../../../src/domain/audit/audit-groups.ts";
import {
  auditTypesOf,
  EVENT_TYPES,
  eventTypeOf,
  eventTypesOf,
  hasEvent,
  isEventName,
} from "../../../src/domain/events/event-catalogue.ts";
import { typesOfNoOffice } from "../../support/written-events.ts";
import { eventSchema, publicEvent, type SealedRow } from "../../../src/domain/events/event.ts";

const row = (changes: Partial<SealedRow>): SealedRow => ({
  ...{ position: 1, mark: "0a1b2c", home: 7, id: "12", at: "2026-11-30T09:00:00.000Z" },
  ...{ officeId: null, type: "user.added" },
  ...{
    outcome: "ok",
    actor: "command line",
    subject: null,
    applicationId: null,
    requestId: null,
    details: {},
  },
  ...changes,
});

/** Of an office, or of none: what it is about may belong to either. */
const OF_BOTH = [
  "application.added",
  "application.changed",
  "application.deleted",
  "application.disabled",
  "application.enabled",
  "application.secret-rotated",
  "application.wrong-secret",
  "audit.exported",
  "office.deleted",
  "password.throttled",
  "token.reused",
  "webhook.added",
  "webhook.changed",
  "webhook.deleted",
  "webhook.failed",
  "webhook.secret-rotated",
];

/** Each written by the server or the command line for the installation. */
const OF_PLATFORM = [
  "data-key.added",
  "data-key.dropped",
  "data-key.re-encrypted",
  "device-code.throttled",
  "signing-key.rotated",
];

/** What `erase_audit_events` takes out of the log, and what opens an account. */
const NEVER = [
  "name",
  "number",
  "old",
  "reason",
  "to",
  "mail",
  "address",
  "code",
  "secret",
  "password",
  "token",
];

describe("the catalogue of events", () => {
  it("T185 names each event once, in the form of the others", () => {
    const names = EVENT_TYPES.map(({ name }) => name);
    expect(new Set(names).size).to.equal(names.length);
    names.forEach((name) => expect(name).to.match(/^[a-z]+(-[a-z]+)*\.[a-z]+(-[a-z]+)*$/));
    expect(names.every(isEventName)).to.equal(true);
    expect(isEventName("toString")).to.equal(false);
  });

  it("T185 lets no detail out that is erased with a user, or that is a secret", () => {
    for (const { name, data } of EVENT_TYPES) {
      expect(
        Object.keys(data.shape).filter((key) => NEVER.includes(key)),
        name,
      ).to.deep.equal([]);
    }
  });

  it("T185 gives every published type by its schema, whatever the details are", () => {
    const details = { kind: { deep: true }, role: "user", failedSinceSuccess: "three", fields: "name" };
    for (const auditType of AUDIT_TYPES) {
      const event = publicEvent(row({ type: auditType, details }));
      expect(event === null, auditType).to.equal(eventTypeOf(auditType) === null);
      if (event !== null) {
        expect(eventSchema.parse(event)).to.deep.equal(event);
        expect(Object.keys(event.data), auditType).to.not.include.members(["kind"]);
      }
    }
  });

  it("says of each type whose it is, as the sources write the audit log", () => {
    const written = typesOfNoOffice().flatMap((type) => eventTypeOf(type)?.name ?? []);
    expect(written.toSorted()).to.deep.equal(OF_PLATFORM);
    for (const { name } of EVENT_TYPES) {
      expect(hasEvent("office", name), name).to.equal(!OF_PLATFORM.includes(name));
      expect(hasEvent("platform", name), name).to.equal([...OF_PLATFORM, ...OF_BOTH].includes(name));
    }
    expect(eventTypesOf("platform").map(({ name }) => name)).to.have.members([...OF_PLATFORM, ...OF_BOTH]);
    expect(hasEvent("office", "toString")).to.equal(false);
  });

  it("names an event by its seal too", () => {
    expect(publicEvent(row({}))?.id).to.equal("evt_7_12_0a1b2c");
  });

  it("says who acted without a name", () => {
    const kindOf = (actor: string) => publicEvent(row({ actor }))?.actor;
    const user = "4f2ae08b-1c4d-4f6a-8b92-d3705e9a1c66";
    expect(kindOf(user)).to.deep.equal({ kind: "user", id: user });
    expect(kindOf("app_abc")).to.deep.equal({ kind: "application", id: "app_abc" });
    expect(kindOf("command line")).to.deep.equal({ kind: "operator", id: null });
    expect(kindOf("visitor")).to.deep.equal({ kind: "visitor", id: null });
    expect(kindOf("scim")).to.deep.equal({ kind: "directory", id: null });
    expect(kindOf("vestibule")).to.deep.equal({ kind: "system", id: null });
  });

  it("finds the audit types of names, and all of them for none", () => {
    expect(auditTypesOf(["second-factor.blocked", "user.added"])).to.have.members([
      "code.blocked",
      "user.added",
    ]);
    expect(auditTypesOf([])).to.have.length(EVENT_TYPES.length);
  });
});
