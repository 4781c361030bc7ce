import { expect } from "chai";
import { denialAlone, denialOf } from "../../../src/domain/access/access.ts";
import { aboutOffice, aboutUser, type Actor } from "../../../src/domain/access/actor.ts";
import type { Action } from "../../../src/domain/access/permissions.ts";
import { ROLES } from "../../../src/domain/access/role.ts";
import { PageError } from "../../../src/kernel/errors.ts";
import { newUserSchema, type User } from "../../../src/domain/users/user.ts";
import { userEditSchema } from "../../../src/domain/users/user-edit.ts";
import { routeOf } from "../../../src/screens/console/page.ts";
import { createConsolePages } from "../../../src/screens/console/pages.ts";
import { runProgram } from "../../cli/installation.ts";
import { makeActor, OPERATOR, storedOffice } from "../../support/actors.ts";
import { atConsole, makeStaff, PAGE_PARTS, supportOffice } from "../../support/console.ts";
import { csvFile } from "../../support/csv-file.ts";
import { newNumber, storedUser } from "../../support/mobile-numbers.ts";
import { makeOffice, makeUser, type TestOffice, type TestUser } from "../../support/people.ts";
import { useVestibule } from "../../support/use-vestibule.ts";

const REASON = "called back on the office line";
/** Every answer that says "no" because of who asks. */
const DENIED = ["own", "higher", "elsewhere", "not-permitted", "needs-approval", "above-own", "unfit-role"];

const pairsOf = <One, Other>(some: readonly One[], others: readonly Other[]) =>
  some.flatMap((one) => others.map((other) => [one, other] as const));

const otherCase = (name: string): string =>
  name === name.toUpperCase() ? name.toLowerCase() : name.toUpperCase();

describe("who may do what has one answer", function () {
  this.timeout(60_000);
  const vestibule = useVestibule();
  let offices: readonly TestOffice[];
  let north: TestOffice;
  let platform: TestOffice;
  let people: readonly TestUser[];
  let actors: readonly Actor[];
  let made = 0;

  before(async () => {
    const { services } = vestibule;
    north = await makeOffice(services, { code: "NOORD" });
    const south = await makeOffice(services, { code: "ZUID" });
    platform = await supportOffice(services);
    offices = [north, south, platform];
    // Two of each, so that none is the last one, and each has a colleague.
    const places = [north, north, south].flatMap((office) =>
      (["user", "accountant", "superuser"] as const).map((role) => ({ office, role })),
    );
    people = await Promise.all(
      [...places, ...[1, 2].map(() => ({ office: platform, role: "support" as const }))].map(
        ({ office, role }) => makeUser(services, office, { role }),
      ),
    );
    actors = [...(await Promise.all(ROLES.map((role) => makeActor(services, north, role)))), OPERATOR];
    people = [...people, ...actors.flatMap((actor) => ("user" in actor ? [actor.user as TestUser] : []))];
  });

  const stored = (user: TestUser) => storedUser(vestibule.services, user);

  interface Way {
    readonly actions: readonly Action[];
    readonly act: (user: User, by: Actor) => Promise<{ readonly type: string }>;
  }

  /** Everything that one user can do to another. */
  function waysToUsers(): Readonly<Record<string, Way>> {
    const { users, factors } = vestibule.services.administration;
    const editing = (user: User, fields: object, by: Actor) =>
      users.edit(user, userEditSchema.parse({ version: user.version, ...fields }), by);
    const officeOf = (user: User) =>
      storedOffice(vestibule.services, offices.find(({ id }) => id === user.officeId) ?? north);
    const why = (by: Actor) => ({ by, reason: REASON });
    return {
      "edit the name": {
        actions: ["user.edit"],
        act: (user, by) => editing(user, { name: `Name ${String((made += 1))}` }, by),
      },
      "edit the username": {
        actions: ["user.edit", "user.rename"],
        // In the other case, which finds the same user.
        act: (user, by) => editing(user, { username: otherCase(user.username) }, by),
      },
      "edit the mail address": {
        actions: ["user.edit", "user.edit-mail"],
        act: (user, by) => editing(user, { mail: `mail${String((made += 1))}@noord.example` }, by),
      },
      // The role that they have: the answer is the same, and nobody changes for the next one.
      "change the role": {
        actions: ["user.change-role"],
        act: async (user, by) => users.changeRole(user, user.role, { office: await officeOf(user), by }),
      },
      disable: { actions: ["user.disable"], act: (user, by) => users.disable(user, by) },
      enable: { actions: ["user.enable"], act: (user, by) => users.enable(user, by) },
      "end the sessions": { actions: ["user.end-sessions"], act: (user, by) => users.endSessions(user, by) },
      "send a link": {
        actions: ["user.send-password-link"],
        act: (user, by) => users.sendPasswordLink(user, "password-reset", by),
      },
      unlock: { actions: ["user.unlock"], act: (user, by) => factors.unlock(user, why(by)) },
      reset: { actions: ["user.reset-authenticator"], act: (user, by) => factors.reset(user, why(by)) },
      "remove a method": {
        actions: ["user.reset-authenticator"],
        act: (user, by) => factors.removeMethod(user, { ...why(by), removed: "totp" }),
      },
      "enter a number": {
        actions: ["number.enter"],
        act: (user, by) => factors.enterNumber(user, newNumber(), why(by)),
      },
      "approve a number": {
        actions: ["number.approve"],
        act: (user, by) => factors.approveNumber(user, why(by)),
      },
      "refuse a number": {
        actions: ["number.approve"],
        act: (user, by) => factors.refuseNumber(user, why(by)),
      },
      "delete the number": {
        actions: ["number.delete"],
        act: (user, by) => factors.deleteNumber(user, why(by)),
      },
      "end the trust": { actions: ["user.end-trust"], act: (user, by) => factors.endTrust(user, by) },
    };
  }

  it("T88 of every service about a user, for every role in every relation: that of the table", async () => {
    for (const [name, { actions, act }] of Object.entries(waysToUsers())) {
      for (const [by, one] of pairsOf(actors, people)) {
        const user = await stored(one);
        const { type } = await act(user, by);
        const denial = actions.map((action) => denialAlone(by, action, aboutUser(user))).find(Boolean);
        const what = `${by.role} ${name}: ${user.role} of ${one.office.code}, ${type}`;
        expect(DENIED.includes(type), what).to.equal(denial !== undefined);
      }
    }
  });

  it("T91 of the approval of a reset that takes two: that of the table", async () => {
    const { services } = vestibule;
    const { approvals } = services.administration;
    for (const [by, role] of pairsOf(actors, ["superuser", "support"] as const)) {
      const { user: asked } = await makeActor(services, north, role);
      const user = await stored(asked);
      const first = await makeActor(services, north, "support");
      const office = offices.find(({ id: officeId }) => officeId === user.officeId) ?? north;
      const request = await approvals.request(
        user,
        { action: "reset" },
        { by: first, reason: REASON, office },
      );
      const id = request.type === "requested" ? request.id : expect.fail(request.type);
      const denial = denialOf(by, "approval.decide", aboutUser(user));
      const key = { id, officeId: user.officeId };
      expect((await approvals.approve(key, by)).type, `${by.role} ${role}`).to.equal(denial ?? "approved");
      if (denial !== null) {
        expect(await approvals.cancel(key, by), `${by.role} cancels ${role}`).to.equal(false);
      }
    }
  });

  it("T82 of every service about an office, for every role in every office: that of the table", async () => {
    const { administration, imports } = vestibule.services;
    const draftFor = (office: TestOffice) =>
      newUserSchema.parse({
        ...{ username: `new${String((made += 1))}`, name: "New" },
        ...(office === platform ? { role: "support" } : {}),
      });
    const file = () => csvFile(`username,name\nfile${String((made += 1))},New\n`);
    for (const [by, office] of pairsOf(actors, offices)) {
      const now = await storedOffice(vestibule.services, office);
      const results: Readonly<Partial<Record<Action, { readonly type: string }>>> = {
        "user.add": await administration.users.add(draftFor(office), now, { by, invite: false }),
        "user.invite": await administration.users.add(draftFor(office), now, { by, invite: true }),
        "settings.change": await administration.settings.change(now, { version: now.version }, by),
        "office.close": await administration.settings.open(now, by),
        // The platform's own staff never comes as a file, no matter who sends it.
        ...(office === platform
          ? {}
          : {
              "users.import": await imports.importer.check(now, file(), by).then(
                ({ state }) => ({ type: state }),
                (error: unknown) => ({ type: error instanceof PageError ? "not-permitted" : "failed" }),
              ),
            }),
      };
      for (const [action, { type }] of Object.entries(results)) {
        const denial = denialOf(by, action as Action, aboutOffice(office));
        expect(DENIED.includes(type), `${by.role} ${action} of ${office.code}: ${type}`).to.equal(
          denial !== null,
        );
      }
    }
  });

  for (const role of ["accountant", "superuser", "support"] as const) {
    it(`T88 of the console's pages about a user for the role ${role}: that of the table`, async () => {
      const { services } = vestibule;
      const office = role === "support" ? platform : north;
      const staff = await makeStaff(services, office, { role });
      const by: Actor = { id: staff.user.id, officeId: office.id, role };
      const { browser } = await atConsole(vestibule, staff);
      const pages = createConsolePages(PAGE_PARTS).filter(({ about }) => about === "user");
      for (const [one, page] of pairsOf([...people, staff.user], pages)) {
        const user = await stored(one);
        const path = routeOf(page).replace(":office", one.office.code).replace(":user", one.id);
        const { status } = await browser.get(path);
        const denial = denialOf(by, page.action, aboutUser(user));
        const what = `${page.action} ${user.role} of ${one.office.code}`;
        expect(status, what).to.equal(denial === null ? 200 : denial === "elsewhere" ? 404 : 403);
      }
    });
  }

  it("T91 of the command line, whose operator ranks above every role: that of the table", async () => {
    const { environment } = vestibule;
    const reason = ["--reason", REASON];
    const verbs: readonly (readonly [Action, string, ...string[]])[] = [
      ["user.edit", "edit", "--name", "Sanne de Boer"],
      ["user.disable", "disable"],
      ["user.enable", "enable"],
      ["user.end-sessions", "end-sessions"],
      ["user.end-trust", "end-trust"],
      ["user.expire-password", "expire-password"],
      ["user.unlock", "unlock", ...reason],
      ["user.reset-authenticator", "reset-factor", ...reason],
      ["user.set-password", "set-password"],
      ["number.enter", "set-number", newNumber(), ...reason],
      ["number.approve", "approve-number", ...reason],
      ["number.approve", "refuse-number", ...reason],
      ["number.delete", "delete-number", ...reason],
    ];
    const targets = [people.find(({ office }) => office === north), people.at(-1)];
    for (const [one = expect.fail(), [action, verb, ...options]] of pairsOf(targets, verbs)) {
      const user = await stored(one);
      const words = ["user", verb, one.username, "--office", one.office.code, ...options];
      const { error } = await runProgram(environment, words);
      expect(error.includes("stays as before"), `${verb} ${user.role}: ${error}`).to.equal(
        denialAlone(OPERATOR, action, aboutUser(user)) !== null,
      );
    }
  });
});
