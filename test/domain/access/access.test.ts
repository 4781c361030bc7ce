import { expect } from "chai";
import {
  mayOpenConsole,
  PERMISSIONS,
  permissionOf,
  RELATIONS,
  type Action,
} from "../../../src/domain/access/permissions.ts";
import { needsApproval, permit, relationOf, rolesToGive } from "../../../src/domain/access/access.ts";
import type { Actor } from "../../../src/domain/access/actor.ts";
import type { Role } from "../../../src/domain/access/role.ts";

const ROLES: readonly Role[] = ["user", "accountant", "superuser", "support"];
const ACTIONS = Object.keys(PERMISSIONS) as Action[];
const OWN = "own office";
const actor = (role: Role): Actor => ({ id: "me", officeId: OWN, role });
const targetWith = (role: Role, officeId = OWN) => ({
  officeId,
  user: { id: "somebody", role, ledLately: false },
});
const thing = (officeId: string | null) => ({ officeId, user: null });

/** Whatever changes the way a user signs in, or what proves it. */
const OF_THE_FACTOR: readonly Action[] = [
  "user.unlock",
  "user.reset-authenticator",
  "number.delete",
  "number.enter",
  "number.approve",
  "user.send-password-link",
  "user.edit-mail",
];

/** Every target that there is, seen from a role. */
const targets = (role: Role) => [
  thing(OWN),
  thing("another office"),
  thing(null),
  { officeId: OWN, user: { id: "me", role, ledLately: false } },
  ...ROLES.flatMap((other) => [targetWith(other), targetWith(other, "another office")]),
];

describe("who may do what in the console", () => {
  it("T88 a user with the role user may do nothing at all", () => {
    const permissions = ACTIONS.flatMap((action) =>
      targets("user").map((target) => permit(actor("user"), action, target)),
    );
    expect(new Set(permissions)).to.deep.equal(new Set(["never"]));
  });

  it("T88 the console is there for the staff of an office and of the platform, and for nobody else", () => {
    expect(ROLES.filter(mayOpenConsole)).to.deep.equal(["accountant", "superuser", "support"]);
  });

  it("T94 an accountant sees users, moves their numbers, and does nothing else", () => {
    const possible = ACTIONS.filter((action) =>
      targets("accountant").some((target) => permit(actor("accountant"), action, target) !== "never"),
    );
    expect(possible).to.deep.equal([
      "users.see",
      "user.see",
      "number.delete",
      "number.enter",
      "number.approve",
    ]);
  });

  it("T82 only support does anything in another office", () => {
    for (const role of ["accountant", "superuser"] as const) {
      for (const action of ACTIONS) {
        const elsewhere = [
          thing("another office"),
          ...ROLES.map((other) => targetWith(other, "another office")),
        ];
        const found = elsewhere.map((target) => permit(actor(role), action, target));
        expect(new Set(found), `${role} ${action}`).to.deep.equal(new Set(["never"]));
      }
    }
    expect(permit(actor("support"), "user.edit", targetWith("user", "another office"))).to.equal(
      "proved-lately",
    );
  });

  it("T91 nobody touches their own factor, and nobody that of a higher role", () => {
    for (const role of ROLES) {
      for (const action of OF_THE_FACTOR) {
        const self = { officeId: OWN, user: { id: "me", role, ledLately: false } };
        expect(permit(actor(role), action, self), `${role} ${action} self`).to.equal("never");
        expect(permissionOf(role, action, "higher"), `${role} ${action} higher`).to.equal("never");
      }
    }
  });

  it("T90 nothing is changed without a fresh proof: only looking is allowed at once", () => {
    for (const action of ACTIONS) {
      for (const role of ROLES) {
        const found = targets(role).map((target) => permit(actor(role), action, target));
        expect(found.includes("allowed") && !action.endsWith(".see"), `${role} ${action}`).to.equal(false);
        const asks = found.some((permission) => permission !== "allowed" && permission !== "never");
        expect(asks && action.endsWith(".see"), `${role} ${action}`).to.equal(false);
      }
    }
  });

  it("T91 a superuser helps every user of the own office but themselves", () => {
    const others = ["user", "accountant", "superuser"] as const;
    const found = others.map((role) =>
      permit(actor("superuser"), "user.reset-authenticator", targetWith(role)),
    );
    expect(found).to.deep.equal(["stepped-up", "stepped-up", "stepped-up"]);
  });

  it("distinguishes every relation by office, person and rank", () => {
    const found = [
      relationOf(actor("superuser"), thing(OWN)),
      relationOf(actor("superuser"), {
        officeId: OWN,
        user: { id: "me", role: "superuser", ledLately: false },
      }),
      relationOf(actor("superuser"), targetWith("accountant")),
      relationOf(actor("superuser"), targetWith("superuser")),
      relationOf(actor("accountant"), targetWith("superuser")),
      relationOf(actor("superuser"), targetWith("user", "another office")),
      relationOf(actor("support"), thing(null)),
    ];
    expect(found).to.deep.equal(Object.keys(RELATIONS));
  });

  it("takes oneself in another office for nobody special", () => {
    const target = {
      officeId: "another office",
      user: { id: "me", role: "superuser" as const, ledLately: false },
    };
    expect(permit(actor("superuser"), "user.see", target)).to.equal("never");
  });

  it("asks a second member of support before a superuser's or a colleague's factor goes", () => {
    const asked = (by: Role, role: Role) =>
      needsApproval(actor(by), "user.reset-authenticator", targetWith(role, "another office"));
    expect([asked("support", "superuser"), asked("support", "support")]).to.deep.equal([true, true]);
    expect([asked("support", "user"), asked("superuser", "superuser")]).to.deep.equal([false, false]);
    expect(needsApproval(actor("support"), "user.edit", targetWith("superuser"))).to.equal(false);
  });

  it("T88 nobody gives a role above their own, and nobody gives support", () => {
    const given = ROLES.map((role) => rolesToGive(actor(role), { code: "NOORD" }));
    expect(given.map(({ length }) => length)).to.deep.equal([0, 0, 3, 3]);
    const inSupport = ROLES.map((role) => rolesToGive(actor(role), { code: "SUPPORT" }));
    expect([...given, ...inSupport].flat()).to.not.include("support");
  });
});
