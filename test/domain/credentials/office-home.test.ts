import { expect } from "chai";
import { PasswordCheckStore } from "../../../src/domain/credentials/password-check-store.ts";
import { asOwner } from "../../support/database.ts";
import { makeOfficeAt } from "../../support/homes.ts";
import { makeUser, type TestOffice, type TestUser } from "../../support/people.ts";
import { statementsOf } from "../../support/statements.ts";
import { useServices } from "../../support/use-vestibule.ts";

const ONCE = ["sign_in_candidate"];

describe("the home of an office whose code is typed", () => {
  const { services, database } = useServices();
  let office: TestOffice;
  let user: TestUser;
  let store: PasswordCheckStore;

  beforeEach(async () => {
    office = await makeOfficeAt(services, 4711);
    user = await makeUser(services, office);
    // Of a process that has just started.
    store = new PasswordCheckStore(services.database);
  });

  const find = (officeCode: string, username = user.username) =>
    store.find({ officeCode, username }, [], new Date(Date.now()));
  const statements = (officeCode: string, username?: string) =>
    statementsOf(() => find(officeCode, username));

  it("is found at the first sign-in, with the user", async () => {
    const { office: found, user: account } = await find(office.code);
    expect(found).to.include({ id: office.id, code: office.code });
    expect(account).to.include({ id: user.id, status: "active" });
    expect((await find(office.code, "unknown")).user).to.equal(null);
  });

  it("T5 costs one statement, whether the office and the user exist or not", async () => {
    await find(office.code);
    for (let time = 0; time < 3; time += 1) {
      expect(await statements(office.code)).to.deep.equal(ONCE);
      expect(await statements(office.code, "unknown")).to.deep.equal(ONCE);
      expect(await statements("NO-OFFICE")).to.deep.equal(ONCE);
      expect(await statements(`NO-OFFICE-${String(time)}`)).to.deep.equal(ONCE);
    }
  });

  it("costs a second one only where the process meets the office for the first time", async () => {
    expect(await statements(office.code, "unknown")).to.deep.equal([...ONCE, ...ONCE]);
    expect(await statements(office.code)).to.deep.equal(ONCE);
  });

  it("is that of an office that was made after its code had been tried in vain", async () => {
    const code = "LATER-OFFICE";
    expect((await find(code)).office).to.equal(null);
    await asOwner(database, "update offices set code = $2 where id = $1", [office.id, code]);
    expect((await find(code)).user).to.include({ id: user.id });
  });

  it("is looked for again when the code is another office's, as in another backup that was restored", async () => {
    await find(office.code);
    const other = await makeOfficeAt(services, 12_345);
    const stranger = await makeUser(services, other, { username: user.username });
    await asOwner(database, "update offices set code = code || '-OLD' where id = $1", [office.id]);
    await asOwner(database, "update offices set code = $2 where id = $1", [other.id, office.code]);
    const found = await find(office.code);
    expect(found.office).to.include({ id: other.id });
    expect(found.user).to.include({ id: stranger.id });
    expect(await statements(office.code)).to.deep.equal(ONCE);
  });
});
