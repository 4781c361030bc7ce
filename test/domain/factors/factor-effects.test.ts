import { randomBytes, randomUUID } from "node:crypto";
import { expect } from "chai";
import type { Queryable } from "../../../src/platform/database/database.ts";
import { asOwner } from "../../support/database.ts";
import { eventually } from "../../support/eventually.ts";
import { personOf } from "../../support/mobile-numbers.ts";
import { makeOffice, makeUser } from "../../support/people.ts";
import { writersOf } from "../../support/row-writers.ts";
import { giveApp } from "../../support/second-factor.ts";
import { statementsOf } from "../../support/statements.ts";
import { useFresh } from "../../support/suite-resource.ts";
import { useServices } from "../../support/use-vestibule.ts";

type Change = (tx: Queryable) => Promise<unknown>;

describe("what follows from a change of a factor", () => {
  const { services, database } = useServices();
  const user = useFresh(async () => makeUser(services, await makeOffice(services)));

  const inOffice = (work: Change) => services.database.inOffice(user.office.id, work);
  const trust = () =>
    asOwner(
      database,
      `insert into trusted_browsers (home, id, office_id, user_id, hash, device, trusted_at, used_at, ends_at)
       select home_of(office_id), gen_random_uuid(), office_id, id, $2, '{}', now(), now(), now() + interval '1 day' from users where id = $1`,
      [user.id, randomBytes(32)],
    );
  const trusted = async () =>
    (await asOwner(database, "select from trusted_browsers where user_id = $1", [user.id])).length;

  /** Whether this statement, in this change, ends the trust in a browser. */
  async function endsTrust(statement: string, change: Change): Promise<boolean> {
    await asOwner(database, "delete from trusted_browsers where user_id = $1", [user.id]);
    await trust();
    expect(await statementsOf(() => inOffice(change))).to.include(statement);
    return (await trusted()) === 0;
  }

  const app = (replaces: boolean) => ({
    ...{ sealedSecret: randomBytes(40), lastStep: 0, confirmedAt: new Date(), replaces },
  });

  const person = () => personOf(user);
  const useStep = (tx: Queryable) =>
    services.secondFactor.guard.spend(tx, person(), { code: { kind: "totp", step: 7 }, at: new Date() });
  const addApp: Change = (tx) => services.secondFactor.totpStore.add(tx, person(), app(false));
  const replaceApp: Change = (tx) => services.secondFactor.totpStore.add(tx, person(), app(true));
  const confirmNumber: Change = (tx) =>
    services.secondFactor.factors.confirm(tx, person(), { kind: "sms", at: new Date() });
  const remove: Change = (tx) => services.secondFactor.factors.remove(tx, person(), "totp");
  const removeAll: Change = (tx) => services.secondFactor.factors.removeAll(tx, person());

  it("is that no browser is trusted any more, when one is added, confirmed again, replaced or removed", async () => {
    expect(await endsTrust("totp_add", addApp)).to.equal(true);
    expect(await endsTrust("totp_replace", replaceApp)).to.equal(true);
    expect(await endsTrust("factor_confirm", confirmNumber)).to.equal(true);
    expect(await endsTrust("factor_confirm", confirmNumber)).to.equal(true);
    expect(await endsTrust("factor_remove", remove)).to.equal(true);
    expect(await endsTrust("factor_remove_all", removeAll)).to.equal(true);
  });

  it("is the same for each passkey that is added or removed", async () => {
    const { passkeys } = services.stores;
    const id = randomBytes(32);
    const passkey = {
      ...{ id, publicKey: randomBytes(77), counter: 0, isSynced: false, transports: [] },
      aaguid: randomUUID(),
    };
    const add: Change = (tx) => passkeys.add(tx, person(), { passkey, at: new Date(), most: 2 });
    expect(await endsTrust("passkey_add", add)).to.equal(true);
    expect(await endsTrust("passkey_add", add), "it is there").to.equal(false);
    expect(await endsTrust("passkey_remove", (tx) => passkeys.remove(tx, person(), id))).to.equal(true);
  });

  it("is nothing where no factor was changed", async () => {
    expect(await endsTrust("factor_remove", remove)).to.equal(false);
    expect(await endsTrust("factor_remove_all", removeAll)).to.equal(false);
    await giveApp(services, user);
    expect(await endsTrust("totp_add", addApp), "there is one").to.equal(false);
  });

  it("is nothing for a code that is used, or a secret that is encrypted again", async () => {
    await giveApp(services, user);
    const used: Change = (tx) => useStep(tx);
    expect(await endsTrust("guard_spend", used)).to.equal(false);
    const [factor] = await asOwner<{ sealed: Buffer }>(
      database,
      "select sealed_secret as sealed from factors where user_id = $1",
      [user.id],
    );
    const sealed = factor?.sealed ?? expect.fail();
    const sealedAgain: Change = () =>
      services.secondFactor.totpStore.replaceSealed(person(), { before: sealed, after: randomBytes(40) });
    expect(await endsTrust("totp_replace_sealed", sealedAgain)).to.equal(false);
  });

  it("is also the end of trust that was given while the change waited for the factor", async () => {
    await giveApp(services, user);
    const waiting: Promise<unknown>[] = [];
    await inOffice(async (tx) => {
      // A sign-in uses a code of the app and trusts its browser; meanwhile the app is taken away.
      await useStep(tx);
      waiting.push(inOffice(removeAll));
      await eventually(
        () =>
          asOwner(
            database,
            `select from pg_stat_activity
             where datname = current_database() and wait_event_type = 'Lock' and query like '%delete from factors%'`,
          ),
        ({ length }) => length === 1,
      );
      await services.stores.trustedBrowsers.add(tx, person(), {
        ...{ id: randomUUID(), token: "token", device: {}, days: 1, at: new Date() },
      });
    });
    await Promise.all(waiting);
    expect(await trusted()).to.equal(0);
  });

  it("leaves the browsers of another user", async () => {
    await trust();
    const other = await makeUser(services, user.office);
    await giveApp(services, other);
    expect(await trusted()).to.equal(1);
  });

  it("is judged here for every statement and function that writes factors", () => {
    const judged = [
      ...["factor_confirm", "factor_remove", "factor_remove_all", "totp_add", "totp_replace"],
      ...["spend_code", "totp_replace_sealed", "passkey_add"],
    ];
    // After a restore all steps are used, and all trust is ended by a statement of its own. Imported users are new, and trust nothing. A passkey
    // that was used says only when.
    expect(writersOf("factors")).to.deep.equal([...judged, "app_steps", "import_add", "use_passkey"].sort());
  });
});
