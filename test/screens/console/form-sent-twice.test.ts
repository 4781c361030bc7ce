import { expect } from "chai";
import { send } from "../../support/account.ts";
import { atConsole, makeStaff, supportOffice } from "../../support/console.ts";
import { asOwner } from "../../support/database.ts";
import { formsOf } from "../../support/fuzz/page-form.ts";
import type { HttpBrowser, Page } from "../../support/http-browser.ts";
import { mailsTo } from "../../support/mailbox.ts";
import { giveNumber, storedUser } from "../../support/mobile-numbers.ts";
import { numberDesk } from "../../support/number-desk.ts";
import { useOtherProcess } from "../../support/other-process.ts";
import { BY_HAND } from "../../support/outbox.ts";
import {
  makeApplication,
  makeOffice,
  makeUser,
  type TestOffice,
  type TestUser,
} from "../../support/people.ts";
import { givePasskey } from "../../support/passkeys.ts";
import { giveApp } from "../../support/second-factor.ts";
import { eventsFrom, leads, ORDERS, senderOf, untouched, type Order } from "../../support/sent-twice.ts";
import { useVestibule } from "../../support/use-vestibule.ts";
import { makeWebhook } from "../../support/webhook-receiver.ts";

const mailOf = ({ code }: TestOffice): string => `${code.toLowerCase()}@mail.example`;
const REASON = "called back on a known number";

describe("a form of the console that is sent twice, to two servers", function () {
  this.timeout(120_000);
  const vestibule = useVestibule({ settings: BY_HAND });
  const { services, database } = vestibule;
  const other = useOtherProcess(vestibule);
  const sendTwice = senderOf(vestibule, other);
  const desk = numberDesk(vestibule);
  let office: TestOffice;
  let user: TestUser;
  let browser: HttpBrowser;

  const place = async () => {
    office = await makeOffice(services);
    user = await makeUser(services, office, { mail: mailOf(office) });
    ({ browser } = await atConsole(vestibule, await makeStaff(services, office, { role: "superuser" })));
  };
  const ofOffice = (path: string) => `/console/o/${office.code}${path}`;
  const ofUser = (path = "") => ofOffice(`/users/${user.id}${path}`);
  const filled = (page: Page) => formsOf(page)[0]?.fields ?? expect.fail(page.url);

  interface Case {
    readonly at: string;
    readonly typed: Readonly<Record<string, string>>;
    readonly to: string;
    readonly events: readonly string[];
    readonly row?: { readonly table: string; readonly id: string };
    readonly by?: HttpBrowser;
    readonly fieldsOf?: (page: Page) => Readonly<Record<string, string>>;
  }
  async function expectOnce(
    { at, typed, to, events, by = browser, ...rest }: Case,
    order: Order,
  ): Promise<void> {
    const page = await by.get(at);
    const since = await eventsFrom(vestibule);
    const sent = { browser: by, page, fields: { ...(rest.fieldsOf ?? filled)(page), ...typed } };
    const row = rest.row ?? { table: "offices", id: office.id };
    const answers = await sendTwice({ ...sent, row }, order);
    expect(leads(answers), at).to.deep.equal([to, to]);
    expect(await since(), at).to.deep.equal([...events].sort());
  }

  for (const order of ORDERS) {
    it(`does once what it does to a user (${order})`, async () => {
      await place();
      const once = (at: string, typed: Case["typed"], ...events: string[]) =>
        expectOnce({ at: ofUser(at), typed, to: ofUser(), events }, order);
      await once("/status", { decision: "disabled" }, "user.disabled");
      await once("/status", { decision: "active" }, "user.enabled");
      await once("/role", { role: "accountant" }, "user.role-changed");
      const to = ofOffice("/users");
      await expectOnce(
        { at: ofUser("/delete"), typed: { reason: "left" }, to, events: ["user.deleted"] },
        order,
      );
    });

    it(`ends the sessions of a user once, and says so in one mail (${order})`, async () => {
      await place();
      const events = ["sessions.ended"];
      await expectOnce(
        { at: ofUser("/end-sessions"), typed: { decision: "end" }, to: ofUser(), events },
        order,
      );
      expect(await mailsTo(vestibule, mailOf(office))).to.have.length(1);
    });

    it(`closes and opens an office once (${order})`, async () => {
      await place();
      const staff = await makeStaff(services, await supportOffice(services), { role: "support" });
      const by = (await atConsole(vestibule, staff)).browser;
      const to = ofOffice("");
      const [at, code] = [ofOffice("/close"), office.code];
      await expectOnce(
        { at, typed: { decision: "close", code }, to, events: ["office.changed", "office.closed"], by },
        order,
      );
      await expectOnce(
        { at, typed: { decision: "open" }, to, events: ["office.changed", "office.opened"], by },
        order,
      );
    });

    it(`changes and deletes an application once (${order})`, async () => {
      await place();
      const { id, application } = await makeApplication(services, {}, office.id);
      const redirectUris = application.redirectUris.join("\n");
      const row = { table: "applications", id };
      const [at, to] = [ofOffice(`/applications/${id}`), ofOffice("/applications")];
      const change = {
        at: `${at}/edit`,
        typed: { name: "Twice", redirectUris },
        to: at,
        events: ["application.changed"],
      };
      await expectOnce({ ...change, row, fieldsOf: untouched }, order);
      const end = { at: `${at}/delete`, typed: { typed: "Twice" }, to, events: ["application.deleted"] };
      await expectOnce({ ...end, row }, order);
    });

    it(`changes and deletes a webhook once, and replaces its secret once (${order})`, async () => {
      await place();
      const id = await makeWebhook(services, office);
      const row = { table: "webhooks", id };
      const [at, to] = [ofOffice(`/webhooks/${id}`), ofOffice("/webhooks")];
      const change = { at: `${at}/edit`, typed: { name: "Twice" }, to: at, events: ["webhook.changed"] };
      await expectOnce({ ...change, row }, order);
      const page = await browser.get(`${at}/secret`);
      const since = await eventsFrom(vestibule);
      const answers = await sendTwice({ browser, page, fields: filled(page), row }, order);
      expect(leads(answers).sort(), "shown once").to.deep.equal(["200", "400"]);
      expect(await since()).to.deep.equal(["webhook.secret-rotated"]);
      const end = { at: `${at}/delete`, typed: { typed: "Twice" }, to, events: ["webhook.deleted"] };
      await expectOnce({ ...end, row }, order);
    });
  }

  for (const order of ORDERS) {
    it(`sends one test to a webhook, and a delivery once more (${order})`, async () => {
      await place();
      const id = await makeWebhook(services, office);
      const [at, row] = [ofOffice(`/webhooks/${id}`), { table: "webhooks", id }];
      const once = (path: string) =>
        expectOnce({ at: `${at}${path}`, typed: {}, to: at, events: [], row }, order);
      const sent = () =>
        asOwner<{ id: string; state: string }>(
          database,
          "select id, state from webhook_deliveries where webhook_id = $1 order by added_at desc",
          [id],
        );
      await once("/test");
      expect(await sent()).to.have.length(1);
      await once("/test");
      const [newest, oldest] = await sent();
      expect(await sent(), "pressed again").to.have.length(2);
      const deliver = `update webhook_deliveries set state = 'delivered', tried_at = now() where webhook_id = $1`;
      await asOwner(database, deliver, [id]);
      const again = `${at}/again-${oldest?.id ?? ""}`;
      const page = await browser.get(again);
      const press = () => send(browser.copy(), page, filled(page));
      await press();
      expect(await sent()).to.deep.include({ id: oldest?.id, state: "waiting" });
      await asOwner(database, deliver, [id]);
      expect((await press()).location, "like the first").to.match(/done/);
      expect(await sent()).to.not.deep.include({ id: oldest?.id, state: "waiting" });
      expect((await send(browser.copy(), page, { decision: "275759-01-01T00:00:00.000Z" })).status).to.equal(
        303,
      );
      await once(`/again-${newest?.id ?? ""}`);
      expect(await sent()).to.deep.include({ id: newest?.id, state: "waiting" });
    });
  }

  for (const order of ["one after the other", "at the same moment"] as const) {
    it(`helps once with a second factor (${order})`, async () => {
      await place();
      const once = (at: string, typed: Case["typed"], ...events: string[]) =>
        expectOnce({ at: ofUser(at), typed: { ...typed, reason: REASON }, to: ofUser(), events }, order);
      await giveApp(services, user);
      await givePasskey(services, user, "00000000-0000-0000-0000-000000000000");
      const method = { method: "passkey" };
      await once("/method", method, "factor.removed");
      await asOwner(
        database,
        `insert into second_factor_guard (home, office_id, user_id, failed_attempts, failed_since_success, blocked_until)
         values (home_of($1), $1, $2, 3, 3, now() + interval '15 minutes')`,
        [office.id, user.id],
      );
      await once("/unlock", { decision: "unlock" }, "code.unblocked");
      await giveNumber(services, user);
      await desk.request(user, "+31612345699");
      await once("/number/change", { decision: "refuse" }, "number.change-cancelled");
      await desk.request(user, "+31612345699");
      await once("/number/change", { decision: "approve" }, "number.change-approved");
      expect(await desk.stored(user)).to.deep.include({ number: "+31612345699", state: "confirmed" });
      await once("/number/delete", { decision: "delete" }, "number.removed");
    });

    it(`mails one link to a password (${order})`, async () => {
      await place();
      const events = ["password-link.sent"];
      await expectOnce({ at: ofUser("/password-link"), typed: {}, to: ofUser(), events }, order);
      expect(await mailsTo(vestibule, mailOf(office))).to.have.length(1);
    });

    it(`decides once what waits for a second person (${order})`, async () => {
      await place();
      const team = await supportOffice(services);
      const [asker, decider] = await Promise.all(
        [1, 2].map(() => makeStaff(services, team, { role: "support" })),
      );
      const by = (await atConsole(vestibule, decider ?? expect.fail())).browser;
      const actor = { id: asker?.user.id ?? "", officeId: team.id, role: "support" } as const;
      const ask = async () =>
        services.administration.approvals.request(
          await storedUser(services, user),
          { action: "role", role: "superuser" },
          { by: actor, reason: REASON, office },
        );
      await ask();
      const [at, to] = [ofUser("/approval"), "/console/approvals"];
      const refuse = { at, to, by, typed: { decision: "refuse" }, events: ["user.role-cancelled"] };
      await expectOnce(refuse, order);
      await ask();
      const approve = { at, to, by, typed: { decision: "approve" }, events: ["user.role-changed"] };
      await expectOnce(approve, order);
    });
  }
});
