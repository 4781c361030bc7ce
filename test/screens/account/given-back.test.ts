import { expect } from "chai";
import { App, expectOn, openAccount, send } from "../../support/account.ts";
import { COUNTERS } from "../../support/counters.ts";
import { asOwner } from "../../support/database.ts";
import { eventually } from "../../support/eventually.ts";
import { fillDisk } from "../../support/full-disk.ts";
import { BY_HAND } from "../../support/outbox.ts";
import { makeOffice, makeUser, type TestUser } from "../../support/people.ts";
import { follow } from "../../support/relying-party.ts";
import { giveApp, guardOf, keyOf, makeStrictOffice } from "../../support/second-factor.ts";
import { SECOND, travel } from "../../support/time.ts";
import { totpNow } from "../../support/totp.ts";
import { useVestibule } from "../../support/use-vestibule.ts";

const CLEAN = { failed_attempts: 0, failed_since_success: 0, blocked_until: null };

describe("a right code or password on the account page", () => {
  const vestibule = useVestibule({ settings: BY_HAND });

  const withApp = async () => {
    const { services } = vestibule;
    const user = await makeUser(services, await makeStrictOffice(services));
    const browser = vestibule.browser();
    const app = new App((await giveApp(services, user)).secret);
    const page = await openAccount(browser, "/account/app", { user, app });
    // A second of its own: what is set up now is set up after the sign-in.
    travel(SECOND);
    return { user, browser, page };
  };
  const enrolled = async ({ id }: TestUser) =>
    (
      await asOwner(
        vestibule.database,
        "select 1 from audit_events where subject = $1 and type in ('factor.enrolled', 'code.wrong')",
        [id],
      )
    ).length;

  it("T46 is no failed attempt when a new app cannot be stored, however often", async () => {
    const { user, browser, page } = await withApp();
    const code = totpNow(keyOf(page));
    const disk = await fillDisk(vestibule.database, "factors");
    for (let tries = 0; tries < 4; tries += 1) {
      expect((await send(browser, page, { code })).status).to.equal(503);
    }
    await disk.mend();
    await eventually(
      () => guardOf(vestibule, user),
      ({ failed_attempts: count }) => count === 0,
    );
    expect(await guardOf(vestibule, user)).to.deep.equal(CLEAN);
    expectOn(await follow(browser, await send(browser, page, { code })), "/account");
  });

  it("leads on twice when the first code of a new app is sent twice, and stores it once", async () => {
    const { user, browser, page } = await withApp();
    const code = totpNow(keyOf(page));
    const answers = await Promise.all([send(browser, page, { code }), send(browser.copy(), page, { code })]);
    for (const { status, location } of answers) {
      expect([status, location]).to.deep.equal([303, `${vestibule.issuer}/account?done=app`]);
    }
    expect(await enrolled(user)).to.equal(1);
    expect(await guardOf(vestibule, user)).to.deep.equal(CLEAN);
  });

  it("T51 is no wrong try when a new password cannot be stored", async () => {
    const user = await makeUser(vestibule.services, await makeOffice(vestibule.services));
    const browser = vestibule.browser();
    const page = await openAccount(browser, "/account/password", { user });
    const disk = await fillDisk(vestibule.database, "users");
    const fields = { currentPassword: user.password, newPassword: "quarrel-biscuit-lantern-7" };
    for (let tries = 0; tries < 11; tries += 1) {
      expect((await send(browser, page, fields)).status).to.equal(503);
    }
    await disk.mend();
    await eventually(
      () =>
        // Estimates of new passwords were made, and stay counted.
        asOwner(
          vestibule.database,
          `select 1 from ${COUNTERS} where scope like 'password-%' and scope <> 'password-estimate' and used > 0`,
        ),
      (rows) => rows.length === 0,
    );
    expect((await send(browser, page, fields)).status).to.equal(303);
  });
});
