import { expect } from "chai";
import { denialOfRole, needsApproval, permit, rolesToGive } from "../../../src/domain/access/access.ts";
import type { ActingApplication, Actor, Target } from "../../../src/domain/access/actor.ts";
import {
  API_SCOPE_NAMES,
  API_SCOPES,
  isGraveAction,
  SCOPE_OF,
  type ApiScope,
} from "../../../src/domain/access/api-scopes.ts";
import { PERMISSIONS, type Action } from "../../../src/domain/access/permissions.ts";
import { ROLES, type Role } from "../../../src/domain/access/role.ts";

const OWN = "own office";
const ELSEWHERE = "another office";
const ACTIONS = Object.keys(PERMISSIONS) as Action[];

const application = (officeId: string | null, scopes: readonly ApiScope[]): ActingApplication => ({
  ...{ id: "app_x", officeId, role: "application", scopes },
});
/** Whose place it takes, as another user of the same rank. */
const person = (officeId: string | null): Actor =>
  officeId === null
    ? { id: "me", officeId: "staff", role: "support" }
    : { id: "me", officeId, role: "superuser" };

const user = (role: Role, officeId: string): Target => ({
  officeId,
  user: { id: "other", role, ledLately: false },
});
const TARGETS: readonly Target[] = [
  ...[OWN, ELSEWHERE, null].map((officeId) => ({ officeId, user: null })),
  ...[OWN, ELSEWHERE].flatMap((officeId) =>
    (["user", "accountant", "superuser"] as const).map((role) => user(role, officeId)),
  ),
];

/** Every office of an application, with every action on each of the targets. */
const everything = (targets: readonly Target[]) =>
  [OWN, null].flatMap((officeId) =>
    ACTIONS.flatMap((action) => targets.map((target) => [officeId, action, target] as const)),
  );

describe("who may do what at the management API", () => {
  it("T171 with every scope, an application may what the person in its place may, and nothing else", () => {
    for (const [officeId, action, target] of everything(TARGETS)) {
      const expected = SCOPE_OF[action] !== null && permit(person(officeId), action, target) !== "never";
      const found = permit(application(officeId, API_SCOPE_NAMES), action, target) === "allowed";
      expect(found, `${String(officeId)} ${action} ${JSON.stringify(target)}`).to.equal(expected);
    }
  });

  it("T171 each scope alone gives its own actions, and none gives all others away", () => {
    for (const scope of API_SCOPE_NAMES) {
      const given = ACTIONS.filter((action) =>
        TARGETS.some((target) =>
          [null, OWN].some((bound) => permit(application(bound, [scope]), action, target) === "allowed"),
        ),
      );
      expect(given, scope).to.deep.equal(ACTIONS.filter((action) => SCOPE_OF[action] === scope));
      expect(given, scope).to.not.be.empty;
    }
  });

  it("T171 what people prove themselves again for within five minutes has scopes of its own", () => {
    for (const action of ACTIONS) {
      const scope = SCOPE_OF[action];
      if (scope !== null) {
        expect(API_SCOPES[scope].isGrave, action).to.equal(isGraveAction(action));
      }
    }
  });

  it("T171 nothing is done to the platform's staff, whatever the office that is named", () => {
    const staff = [user("support", OWN), user("support", ELSEWHERE)];
    for (const [officeId, action, target] of everything(staff)) {
      expect(permit(application(officeId, API_SCOPE_NAMES), action, target), action).to.equal("never");
    }
  });

  it("T171 an application of the platform takes no superuser over alone; one of the office decides as they do", () => {
    const grave = ["user.reset-authenticator", "user.edit-mail", "number.enter", "user.delete"] as const;
    for (const action of grave) {
      const of = (officeId: string | null) =>
        needsApproval(application(officeId, API_SCOPE_NAMES), action, user("superuser", OWN));
      expect([of(null), of(OWN)], action).to.deep.equal([true, false]);
    }
  });

  it("T171 gives no role above superuser, and only the role user without the scope for roles", () => {
    const office = { code: "NOORD" };
    const target = { officeId: OWN, user: null };
    const by = (scopes: readonly ApiScope[]) => application(OWN, scopes);
    const denials = (scopes: readonly ApiScope[]) =>
      ROLES.map((role) => denialOfRole(by(scopes), "user.add", { role, office, target }));
    expect(denials(["users:write"])).to.deep.equal([null, "not-permitted", "not-permitted", "above-own"]);
    expect(denials(["users:write", "users:roles"])).to.deep.equal([null, null, null, "above-own"]);
    expect(rolesToGive(by(API_SCOPE_NAMES), { code: "SUPPORT" })).to.deep.equal([]);
  });
});
