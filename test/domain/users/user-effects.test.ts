import { expect } from "chai";
import { homeOf, idAt } from "../../../src/kernel/home.ts";
import type { Queryable } from "../../../src/platform/database/database.ts";
import { OPERATOR, storedOffice } from "../../support/actors.ts";
import { csvFile } from "../../support/csv-file.ts";
import { asOwner } from "../../support/database.ts";
import { storedUser } from "../../support/mobile-numbers.ts";
import { makeOffice, makeUser, type TestUser } from "../../support/people.ts";
import { writersOf } from "../../support/row-writers.ts";
import { statementsOf } from "../../support/statements.ts";
import { giveSessions, keptSessions } from "../../support/stored-sessions.ts";
import { useFresh } from "../../support/suite-resource.ts";
import { useServices } from "../../support/use-vestibule.ts";

interface Row {
  readonly version: number;
  /** What the version counts the changes of. */
  readonly edited: string;
  readonly status: string;
  /** Seconds since 1970. */
  readonly validFrom: number;
  /** Whether the mail directory has exactly the address of the user. */
  readonly isListed: boolean;
  readonly hasLastSignIn: boolean;
}

type Change = (tx: Queryable) => Promise<unknown>;

const ROW = `
  select u.version, row(u.username, u.name, u.mail, u.role, u.language, u.status)::text as edited, u.status,
    extract(epoch from u.valid_from)::float8 as "validFrom",
    (select p.mail_hash from mail_people p where p.user_id = u.id and p.office_id = u.office_id)
      is not distinct from mail_hash(u.mail) as "isListed",
    exists (select from last_sign_ins l where l.user_id = u.id and l.office_id = u.office_id) as "hasLastSignIn"
  from users u`;

describe("what follows from a change of a user", function () {
  this.timeout(60_000);
  const { services, database } = useServices();
  const user = useFresh(async () =>
    makeUser(services, await makeOffice(services), { mail: "old@mail.example" }),
  );

  const owner = <Found extends object>(text: string, values: unknown[]) =>
    asOwner<Found>(database, text, values);
  const inOffice = (work: Change) => services.database.inOffice(user.office.id, work);
  const rowOf = async ({ id }: Pick<TestUser, "id">): Promise<Row> =>
    (await owner<Row>(`${ROW} where u.id = $1`, [id]))[0] ?? expect.fail("no row");

  /** Makes a change by this statement, and judges all that has to follow from it. */
  async function judge(statement: string, change: Change): Promise<void> {
    await giveSessions(database, user);
    const before = await rowOf(user);
    expect(await statementsOf(() => inOffice(change))).to.include(statement);
    const after = await rowOf(user);
    expect(after.version - before.version, "version").to.equal(after.edited === before.edited ? 0 : 1);
    expect(await keptSessions(database, user)).to.deep.equal(sessionsAfter(before, after));
    expect(after).to.include({ isListed: true, hasLastSignIn: true });
  }

  /** Each time another second, so that each change ends what was there. */
  let seconds = 0;
  const later = () => new Date(Date.now() + (seconds += 2) * 1_000);
  async function edit(tx: Queryable, changes: object) {
    const { version } = await rowOf(user);
    const now = await storedUser(services, user);
    return services.stores.userEdits.edit(tx, { ...now, version, ...changes }, later());
  }
  const disable: Change = (tx) => services.stores.ranks.disable(tx, user.id, later());
  const expire: Change = (tx) => services.users.expireCommon(tx, user.id);
  const setMail = (mail: string | null) => owner("update users set mail = $2 where id = $1", [user.id, mail]);

  /** Each statement that changes rows of users, and what it needs before. */
  const changes: Record<string, Change | { readonly first: Change; readonly change: Change }> = {
    user_change_password: (tx) => services.users.changePassword(tx, user.id, "hash", later()),
    user_renew_password: {
      first: expire,
      change: (tx) =>
        services.users.renewPassword(tx, user.id, { passwordHash: "hash", at: later(), since: later() }),
    },
    user_expire_password: (tx) => services.users.expirePassword(tx, user.id, later()),
    user_expire_common_password: expire,
    user_change_profile: (tx) =>
      services.users.changeProfile(tx, user.id, {
        ...{ name: "Sanne de Boer", language: "nl", timeZone: null, at: later() },
      }),
    user_change_mail: (tx) =>
      services.users.changeMail(tx, user.id, { mail: "new@mail.example", at: later() }),
    user_restore_mail: (tx) =>
      services.users.restoreMail(tx, user.id, { mail: "first@mail.example", isProved: true, at: later() }),
    user_end_sessions: (tx) => services.users.endSessions(tx, user.id, later()),
    user_rehash: async (tx) => {
      const before = (await services.users.findPasswordHash(user.office.id, user.id)) ?? "";
      return services.users.rehash(tx, user.id, { before, after: "stronger" });
    },
    user_edit: (tx) => edit(tx, { name: "Sanne de Boer", mail: "typed@mail.example" }),
    user_disable: disable,
    user_enable: { first: disable, change: (tx) => services.stores.ranks.enable(tx, user.id, later()) },
    user_change_role: (tx) =>
      services.stores.ranks.changeRole(tx, user.id, { before: "user", role: "accountant", at: later() }),
    mailbox_hold: (tx) => services.stores.mailbox.hold(tx, user.id, later()),
    mailbox_prove: (tx) =>
      services.stores.mailbox.prove(tx, user.id, { mail: "old@mail.example", at: later() }),
  };

  for (const [statement, one] of Object.entries(changes)) {
    it(`is the same by ${statement}`, async () => {
      const { first, change } = typeof one === "function" ? { first: null, change: one } : one;
      if (first !== null) {
        await inOffice(first);
      }
      await judge(statement, change);
      // Where nothing is left to change, nothing follows.
      await judge(statement, change);
    });
  }

  it("is no other version when only the time zone or the same values are saved", async () => {
    const { version } = await rowOf(user);
    const now = await storedUser(services, user);
    const same = { name: now.name, language: now.language, at: later() };
    await judge("user_change_profile", (tx) =>
      services.users.changeProfile(tx, user.id, { ...same, timeZone: "Asia/Tokyo" }),
    );
    await judge("user_edit", (tx) => edit(tx, {}));
    await judge("user_change_role", (tx) =>
      services.stores.ranks.changeRole(tx, user.id, { before: "user", role: "user", at: later() }),
    );
    expect((await rowOf(user)).version).to.equal(version);
  });

  it("leaves the mail directory without an address, and lists the next one", async () => {
    await judge("user_edit", (tx) => edit(tx, { mail: null }));
    expect(await owner("select from mail_people where user_id = $1", [user.id])).to.have.lengthOf(0);
    await judge("user_edit", (tx) => edit(tx, { mail: "back@mail.example" }));
    await setMail(null);
    await judge("user_change_mail", (tx) =>
      services.users.changeMail(tx, user.id, { mail: "own@mail.example", at: later() }),
    );
    await setMail(null);
    await judge("user_restore_mail", (tx) =>
      services.users.restoreMail(tx, user.id, { mail: "own@mail.example", isProved: false, at: later() }),
    );
  });

  it("ends all sessions of a closed office, also those of the next hour, and none of another office", async () => {
    const other = await makeUser(services, await makeOffice(services));
    await Promise.all([giveSessions(database, user), giveSessions(database, other)]);
    const close = async () =>
      services.administration.settings.close(await storedOffice(services, user.office), OPERATOR);
    expect(await statementsOf(close)).to.include("office_end_sessions");
    expect(await keptSessions(database, user)).to.deep.equal([]);
    expect(await keptSessions(database, other)).to.deep.equal(["old", "new"]);
  });

  it("begins with a version, no sign-in and a place in the mail directory", async () => {
    const added = async () => {
      const silent = { username: "zonder.mail", name: "Zonder Mail", mail: null } as const;
      const rest = { role: "user", language: null, passwordHash: "hash", isPasswordExpired: false } as const;
      await inOffice((tx) =>
        services.users.add(tx, {
          ...silent,
          ...rest,
          ...{ id: idAt(homeOf(user.office.id)), officeId: user.office.id, at: new Date() },
        }),
      );
    };
    expect(await statementsOf(added)).to.include("user_add");
    expect(await statementsOf(() => importUsers())).to.include("import_add");
    const rows = await owner<Row>(`${ROW} where u.office_id = $1`, [user.office.id]);
    expect(rows).to.have.lengthOf(4);
    for (const row of rows) {
      expect(row).to.include({ version: 1, isListed: true, hasLastSignIn: true });
    }
    expect(
      await owner("select from mail_people where office_id = $1", [user.office.id]),
      "with an email address",
    ).to.have.lengthOf(2);
  });

  async function importUsers(): Promise<void> {
    const { importer, apply } = services.imports;
    const file = csvFile("username,name,mail\nuit.bestand,Uit Bestand,uit@mail.example\nnog.een,Nog Een,\n");
    const { id } = await importer.check(await storedOffice(services, user.office), file, OPERATOR);
    const result = await apply.apply(id, { office: user.office, by: OPERATOR, invites: false });
    expect(result.type).to.equal("applied");
  }

  it("is judged here for every statement and function that writes users", () => {
    const elsewhere = [
      ...["user_add", "import_add", "office_end_sessions"],
      // They end sessions and tokens by rules of their own; test/screens/account/ has their tests.
      ...["access_end_others", "access_end_skipped"],
      // What refers to a user goes with the row.
      ...["user_delete", "purge_office"],
    ];
    expect(writersOf("users")).to.deep.equal([...Object.keys(changes), ...elsewhere].sort());
  });
});

/** Which of the two sessions that `giveSessions` makes have to be there after a change. */
function sessionsAfter(before: Row, after: Row): string[] {
  const isStopped = after.status !== "active" && before.status === "active";
  if (!isStopped && after.validFrom <= before.validFrom) {
    return ["old", "new"];
  }
  return after.status === "active" ? ["new"] : [];
}
