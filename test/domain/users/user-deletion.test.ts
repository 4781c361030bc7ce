import { expect } from "chai";
import type { Actor } from "../../../src/domain/access/actor.ts";
import { makeActor, OPERATOR } from "../../support/actors.ts";
import { asOwner } from "../../support/database.ts";
import { storedUser } from "../../support/mobile-numbers.ts";
import { BY_HAND } from "../../support/outbox.ts";
import { makeOffice, makeUser, type TestUser } from "../../support/people.ts";
import { giveApp, newBrowser } from "../../support/second-factor.ts";
import { refresh, tokensFor, userinfo } from "../../support/tokens.ts";
import { useFresh } from "../../support/suite-resource.ts";
import { useVestibule } from "../../support/use-vestibule.ts";

const MAIL = "hugo.deleted@mail.example";
const NUMBER = "+31612349876";
const NAME = "Hugo Verdwenen";

describe("deleting a user", function () {
  this.timeout(60_000);
  const vestibule = useVestibule({
    settings: BY_HAND,
    application: { backchannelLogoutUri: "https://app.test/logged-out" },
  });
  const { services, database, application } = vestibule;
  const office = useFresh(() => makeOffice(services));
  const superuser = useFresh(() => makeActor(services, office, "superuser"));
  const hugo = useFresh(() => makeUser(services, office, { username: "hugo.v", name: NAME, mail: MAIL }));

  const owner = <Row extends object>(text: string, values: unknown[] = []) =>
    asOwner<Row>(database, text, values);
  const remove = async (user: TestUser, by: Actor) =>
    (await services.administration.users.delete(await storedUser(services, user), { by, reason: "asked" }))
      .type;
  const sealAll = async () => {
    while ((await services.stores.auditSeals.seal(100)) > 0);
  };

  /** Rows of any table that have one of these texts; sealed and hashed ones cannot be seen, and are counted elsewhere. */
  async function rowsWith(texts: readonly string[]): Promise<string[]> {
    const tables = await owner<{ name: string }>(
      `select format('%I.%I', schemaname, tablename) as name from pg_tables where schemaname = 'public'`,
    );
    const found: string[] = [];
    for (const { name } of tables) {
      const rows = await owner(`select t::text as row from ${name} t where t::text like any($1)`, [
        texts.map((text) => `%${text}%`),
      ]);
      found.push(...rows.map((row) => `${name} ${JSON.stringify(row)}`));
    }
    return found;
  }

  it("T152 leaves nothing personal in any table, and the audit log still verifies", async () => {
    const browser = newBrowser(vestibule);
    await tokensFor(browser, application, hugo);
    await giveApp(services, hugo);
    const user = await storedUser(services, hugo);
    const why = { by: superuser, reason: `${NAME} has a new telephone` };
    await services.administration.factors.enterNumber(user, NUMBER, why);
    await services.administration.users.sendPasswordLink(user, "password-reset", superuser);
    await sealAll();
    expect(await rowsWith([NAME, MAIL, NUMBER, "127.0.0.1"]), "there was something").to.not.be.empty;
    const details =
      "select from audit_events where subject = $1 and (details ? 'number' or details ? 'reason')";
    expect(await owner(details, [hugo.id])).to.not.be.empty;

    expect(await remove(hugo, superuser)).to.equal("deleted");

    expect(await rowsWith([NAME, MAIL, NUMBER, "hugo.v"])).to.deep.equal([]);
    expect(await owner(details, [hugo.id])).to.deep.equal([]);
    const own = "select from audit_events where actor = $1 and address is not null";
    expect(await owner(own, [hugo.id])).to.deep.equal([]);
    // Only the final mail to the user, which goes out and then loses its content.
    expect(
      await owner("select from messages where sealed_content is not null and office_id = $1", [office.id]),
    ).to.have.length(1);
    await sealAll();
    const report = await services.auditLog.verification.verify(office.id);
    expect(report).to.include({ fault: null, unsealed: 0 });
  });

  it("T152 keeps ids: who was deleted, by whom and why, in words that cannot name them", async () => {
    await remove(hugo, superuser);
    const events = await owner(
      "select type, actor, details from audit_events where subject = $1 and type = 'user.deleted'",
      [hugo.id],
    );
    expect(events).to.deep.equal([
      { type: "user.deleted", actor: superuser.id, details: { role: "user", why: "asked" } },
    ]);
  });

  it("T152 ends every token at once, and tells the applications", async () => {
    const browser = newBrowser(vestibule);
    const tokens = await tokensFor(browser, application, hugo);
    await remove(hugo, superuser);
    expect((await userinfo(browser, tokens.access)).status).to.equal(401);
    expect((await refresh(browser, application, tokens.refresh)).status).to.equal(400);
    const jobs = "select from jobs where queue = 'sign-outs' and data ->> 'accountId' = $1";
    expect(await owner(jobs, [hugo.id])).to.have.length(1);
    expect(await owner("select from oidc_models where account_id = $1", [hugo.id])).to.deep.equal([]);
  });

  it("T152 never gives the id to another: the same username is a new person", async () => {
    await remove(hugo, superuser);
    const next = await makeUser(services, office, { username: "hugo.v" });
    expect(next.id).to.not.equal(hugo.id);
    expect(await services.users.findAccount(hugo.id)).to.equal(null);
    expect(await owner("select id from subjects where id = $1", [hugo.id])).to.have.length(1);
  });

  it("T152 erases nothing of a user who is not deleted, whoever asks", async () => {
    const erase = services.stores.auditSeals.erase({ officeId: office.id, userId: hugo.id }, 10);
    await expectRefused(erase);
    await expectRefused(services.stores.auditSeals.erase({ officeId: office.id, userId: null }, 10));
  });

  it("T152 goes on after a process that ended between the deletion and the erasing", async () => {
    const user = await storedUser(services, hugo);
    await tokensFor(newBrowser(vestibule), application, hugo);
    const { deletion } = services.administration;
    await services.database.inOffice(office.id, (tx) =>
      deletion.deleteIn(tx, user, { actor: superuser.id, reason: "left" }),
    );
    const left = () => owner("select from audit_events where actor = $1 and address is not null", [hugo.id]);
    expect(await left()).to.not.be.empty;
    await services.auditLog.erased.run(1);
    expect(await left()).to.deep.equal([]);
    expect(await services.stores.userDeletions.findToErase(10)).to.deep.equal([]);
  });

  it("T152 is not for oneself, for a higher role, an accountant or another office", async () => {
    const other = await makeActor(services, await makeOffice(services), "superuser");
    const accountant = await makeActor(services, office, "accountant");
    expect(await remove(superuser.user, superuser)).to.equal("own");
    expect(await remove(hugo, accountant)).to.equal("not-permitted");
    expect(await remove(hugo, other)).to.equal("elsewhere");
    expect(await storedUser(services, hugo)).to.include({ name: NAME });
  });

  it("T152 never takes the last superuser, not even at the terminal", async () => {
    expect(await remove(superuser.user, OPERATOR)).to.equal("last");
  });

  it("T152 of a superuser takes two where support does it", async () => {
    const second = await makeActor(services, office, "superuser");
    const support = await makeActor(services, office, "support");
    const colleague = await makeActor(services, office, "support");
    expect(await remove(second.user, support)).to.equal("needs-approval");
    const { approvals } = services.administration;
    const user = await storedUser(services, second.user);
    const asked = await approvals.request(
      user,
      { action: "delete" },
      { by: support, reason: "left", office },
    );
    const id = asked.type === "requested" ? asked.id : expect.fail(asked.type);
    expect((await approvals.approve({ id, officeId: office.id }, support)).type).to.equal("gone");
    expect((await approvals.approve({ id, officeId: office.id }, colleague)).type).to.equal("approved");
    expect(await services.users.findAccount(second.id)).to.equal(null);
  });
});

async function expectRefused(work: Promise<unknown>): Promise<void> {
  const error: unknown = await work.catch((reason: unknown) => reason);
  expect(String(error)).to.contain("Only events of deleted users and offices");
}
