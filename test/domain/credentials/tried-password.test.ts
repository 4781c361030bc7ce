import { expect } from "chai";
import { PasswordCheckStore } from "../../../src/domain/credentials/password-check-store.ts";
import { asOwner } from "../../support/database.ts";
import { makeOfficeAt } from "../../support/homes.ts";
import { VISITOR } from "../../support/mobile-numbers.ts";
import { makeUser, PASSWORD, type TestUser } from "../../support/people.ts";
import { changeOffice, REQUIRED } from "../../support/second-factor.ts";
import { statementsOf } from "../../support/statements.ts";
import { useServices } from "../../support/use-vestibule.ts";

const HOME = 4711;
const LIMIT = { minutes: 15, limit: 2 } as const;

describe("a password that is tried", () => {
  const { services, database } = useServices();
  let user: TestUser;

  beforeEach(async () => {
    user = await makeUser(services, await makeOfficeAt(services, HOME));
    await asOwner(database, "delete from rate_limits");
  });

  const check = ({ username = user.username, officeCode = user.office.code, password = "wrong" } = {}) =>
    services.passwords.check({ officeCode, username, password, browser: [], visitor: VISITOR });

  const key = (letter: string) => Buffer.alloc(32, letter);
  const keys = { stranger: key("s"), outdated: key("o"), familiar: key("f") } as const;
  const token = Buffer.from("token of a browser");
  const limits = [
    { ...LIMIT, scope: "test", key: keys.stranger, browser: null },
    { ...LIMIT, scope: "test", key: keys.outdated, browser: Buffer.alloc(0) },
    { ...LIMIT, scope: "test", key: keys.familiar, browser: token },
  ];
  const tryAt = (store: PasswordCheckStore, username = user.username, officeCode = user.office.code) =>
    store.try(
      { officeCode, username },
      { familiar: [token], trust: [] },
      { limits, now: new Date(Date.now()) },
    );
  const counted = async () =>
    (await asOwner<{ key: Buffer; used: number }>(database, "select key, used from rate_limits")).map(
      ({ key: found, used }) => [Object.entries(keys).find(([, known]) => known.equals(found))?.[0], used],
    );
  const makeFamiliar = (proved: string) =>
    asOwner(
      database,
      `insert into familiar_browsers (home, office_id, user_id, browser, proved_at, expires_at)
       values (home_of($1), $1, $2, $3, now() + interval '${proved}', now() + interval '1 day')`,
      [user.office.id, user.id, token],
    );

  it("T5 is counted and found by the same statements, whether the name exists or not", async () => {
    const disabled = await makeUser(services, user.office);
    await asOwner(database, "update users set status = 'disabled' where id = $1", [disabled.id]);
    await check();
    const right = await statementsOf(() => check());
    expect(right[0]).to.equal("password_try");
    for (const [what, names] of Object.entries({
      "an unknown user": { username: "unknown" },
      "an unknown office": { officeCode: "NO-OFFICE" },
      "a disabled user": { username: disabled.username, password: PASSWORD },
    })) {
      expect(await statementsOf(() => check(names)), what).to.deep.equal(right);
    }
  });

  it("is counted once where the process has to ask at another home first", async () => {
    const { candidate, reserved } = await tryAt(new PasswordCheckStore(services.database));
    expect(candidate.user).to.include({ id: user.id });
    expect(reserved).to.deep.equal([{ scope: "test", used: 1 }]);
    expect(await counted()).to.deep.equal([["stranger", 1]]);
  });

  it("is counted for strangers where the name does not exist", async () => {
    const store = new PasswordCheckStore(services.database);
    await tryAt(store, "unknown");
    const { candidate, state, reserved } = await tryAt(store, user.username, "NO-OFFICE");
    expect({ candidate, state }).to.deep.equal({
      candidate: { office: null, user: null, familiar: null },
      state: null,
    });
    expect(reserved).to.deep.equal([{ scope: "test", used: 2 }]);
    expect(await counted()).to.deep.equal([["stranger", 2]]);
  });

  it("is counted for the browser where that is familiar", async () => {
    await makeFamiliar("0 days");
    await tryAt(new PasswordCheckStore(services.database));
    expect(await counted()).to.deep.equal([["familiar", 1]]);
  });

  it("is counted for all that proved an older password where the browser is one of them", async () => {
    await makeFamiliar("-1 day");
    await tryAt(new PasswordCheckStore(services.database));
    expect(await counted()).to.deep.equal([["outdated", 1]]);
  });

  it("is counted no further than to the limit by a crowd", async () => {
    const store = new PasswordCheckStore(services.database);
    await tryAt(store, "unknown");
    const crowd = await Promise.all(Array.from({ length: 20 }, () => tryAt(store)));
    expect(crowd.filter(({ reserved }) => reserved.length > 0)).to.have.length(1);
    expect(await counted()).to.deep.equal([["stranger", 2]]);
  });

  it("comes with the state of the user, in a version that a new policy, a factor or a lockout changes", async () => {
    const store = new PasswordCheckStore(services.database);
    const version = async () => (await tryAt(store)).state?.version;
    const first = await version();
    expect(await version())
      .to.equal(first)
      .and.match(/^[0-9a-f]{32}$/);
    const seen = new Set([first]);
    await changeOffice(services, user.office, { secondFactor: REQUIRED });
    seen.add(await version());
    await asOwner(
      database,
      `insert into factors (home, office_id, user_id, kind, confirmed_at) values (home_of($1), $1, $2, 'totp', now())`,
      [user.office.id, user.id],
    );
    seen.add(await version());
    await asOwner(
      database,
      `insert into second_factor_guard (home, office_id, user_id, failed_attempts) values (home_of($1), $1, $2, 1)
       on conflict (home, office_id, user_id) do update set failed_attempts = 1`,
      [user.office.id, user.id],
    );
    seen.add(await version());
    await asOwner(database, "update users set status = 'disabled' where id = $1", [user.id]);
    seen.add(await version());
    expect(seen.size).to.equal(5);
  });

  it("T87 leaves the office of a transaction as it was", async () => {
    const other = await world();
    const office = await services.database.inOffice(other.office.id, async (tx) => {
      await new PasswordCheckStore({ ...services.database, query: tx.query.bind(tx) }).try(
        { officeCode: user.office.code, username: user.username },
        { familiar: [], trust: [] },
        { limits: [], now: new Date(Date.now()) },
      );
      return tx.query<{ id: string }>({ name: "test_office", text: "select vestibule_office() as id" });
    });
    expect(office).to.deep.equal([{ id: other.office.id }]);
  });

  const world = async () => makeUser(services, await makeOfficeAt(services, HOME + 1));
});
