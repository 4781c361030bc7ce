import { expect } from "chai";
import { eventTypesOf } from "../../../src/domain/events/event-catalogue.ts";
import { startWorkers } from "../../../src/server/wiring/processes.ts";
import { send } from "../../support/account.ts";
import { atConsole, makeStaff, supportOffice } from "../../support/console.ts";
import { asOwner } from "../../support/database.ts";
import { eventually } from "../../support/eventually.ts";
import type { HttpBrowser } from "../../support/http-browser.ts";
import { BY_HAND } from "../../support/outbox.ts";
import { makeOffice } from "../../support/people.ts";
import { follow, hiddenField } from "../../support/relying-party.ts";
import { useVestibule } from "../../support/use-vestibule.ts";
import { makeWebhook, startReceiver } from "../../support/webhook-receiver.ts";

const AT = "/console/webhooks";
const TYPED = {
  name: "Operations",
  url: "https://hooks.example/platform",
  "event-signing-key.rotated": "yes",
  "event-office.deleted": "yes",
};
const OPERATOR = { id: "command line", officeId: null, role: "operator" } as const;

describe("webhooks of the platform in the console", function () {
  this.timeout(60_000);
  const vestibule = useVestibule({ settings: BY_HAND });
  const { services } = vestibule;
  const service = () => services.webhooks.service;
  let browser: HttpBrowser;
  let support: string;

  before(async () => {
    const staff = await makeStaff(services, await supportOffice(services), { role: "support" });
    support = staff.user.id;
    ({ browser } = await atConsole(vestibule, staff));
  });
  afterEach(() => asOwner(vestibule.database, "delete from webhooks"));

  const stored = () => service().list(null);

  it("T186 are added with events of no office, by support, and belong to none", async () => {
    const empty = await browser.get(AT);
    expect(empty.body)
      .to.contain("No address gets the events of the platform")
      .and.contain("Platform webhooks");
    const form = await browser.get(`${AT}/add`);
    const offered = [...form.body.matchAll(/name="event-([^"]+)"/g)].map(([, name = ""]) => name);
    const names = eventTypesOf("platform").map(({ name }) => name);
    expect(offered.toSorted()).to.deep.equal(names.toSorted());
    expect(offered).to.include("application.added").and.not.include("user.added");
    const refused = await send(browser, form, { ...TYPED, "event-user.added": "yes" });
    expect(refused.status).to.equal(400);
    expect(refused.body).to.contain("user.added");
    const sent = { ...TYPED, attempt: hiddenField(form, "attempt") };
    const made = await send(browser, form, sent);
    expect(made.body).to.contain("whsec_").and.contain("office.deleted, signing-key.rotated");
    expect((await follow(browser, await send(browser, form, sent))).body, "twice").to.not.contain("whsec_");
    expect(await stored()).to.have.length(1);
    expect((await stored())[0]).to.deep.include({
      ...{ officeId: null, name: TYPED.name, types: ["office.deleted", "signing-key.rotated"] },
    });
    expect((await browser.get(AT)).body).to.contain(TYPED.url);
    const [event] = await asOwner<{ actor: string; office_id: string | null }>(
      vestibule.database,
      "select actor, office_id from audit_events where type = 'webhook.added' order by id desc limit 1",
    );
    expect(event).to.deep.equal({ actor: support, office_id: null });
  });

  it("are edited, with the change that was not seen beside the own one", async () => {
    const { webhook } = await service().add(null, draft(TYPED.url), OPERATOR);
    const form = await browser.get(`${AT}/${webhook.id}/edit`);
    expect(form.body).to.match(/name="event-signing-key.rotated" value="yes" checked/);
    const seen = hiddenField(form, "seen");
    await service().change(webhook, { name: "Of the operator" }, OPERATOR);
    const late = await send(browser, form, { ...TYPED, seen });
    expect(late.status).to.equal(400);
    expect(late.body).to.contain("Of the operator");
    const done = await follow(
      browser,
      await send(browser, late, { ...TYPED, seen: hiddenField(late, "seen") }),
    );
    expect(new URL(done.url).pathname).to.equal(`${AT}/${webhook.id}`);
    expect(done.body).to.contain("The webhook was changed.");
    const wrong = await send(browser, form, { ...TYPED, seen, url: "http://hooks.example/" });
    expect(wrong.body).to.contain("Enter an https address");
  });

  it("say below which page they are, in the navigation and in the trail", async () => {
    const { webhook } = await service().add(null, draft(TYPED.url), OPERATOR);
    const { body } = await browser.get(`${AT}/${webhook.id}/edit`);
    expect(body).to.match(/<a href="\/console\/webhooks" aria-current="true">/);
    const trail = /class="trail".*?<\/nav>/s.exec(body)?.[0] ?? "";
    expect([...trail.matchAll(/href="([^"]+)"/g)].map(([, href]) => href)).to.deep.equal([
      AT,
      `${AT}/${webhook.id}`,
    ]);
  });

  it("are tested, sent again, switched off and on, get a new secret once, and are deleted", async () => {
    const receiver = await startReceiver();
    const workers = await startWorkers(services);
    try {
      const { webhook } = await service().add(null, draft(receiver.url), OPERATOR);
      const page = `${AT}/${webhook.id}`;
      const done = await follow(
        browser,
        await send(browser, await browser.get(`${page}/test`), { decision: "test" }),
      );
      expect(done.body).to.contain("Done.").and.contain("webhook.test");
      const [log] = await eventually(
        () => service().deliveries(webhook),
        ([first]) => first?.state === "delivered",
      );
      const again = `${page}/again-${log?.id ?? ""}`;
      expect((await browser.get(page)).body).to.contain(again);
      await send(browser, await browser.get(again), { decision: "again" });
      await eventually(
        () => Promise.resolve(receiver.received.length),
        (count) => count === 2,
      );
      const asked = await browser.get(`${page}/secret`);
      expect((await send(browser, asked, { decision: webhook.mark })).body).to.contain("whsec_");
      expect((await send(browser, asked, { decision: webhook.mark })).status).to.equal(400);
      for (const state of ["off", "on"] as const) {
        await send(browser, await browser.get(`${page}/${state}`), { decision: state });
        expect((await stored())[0]?.state).to.equal(state);
      }
      const end = await browser.get(`${page}/delete`);
      const left = await send(browser, end, { typed: "operations", decision: "delete" });
      expect(left.location).to.contain(`${AT}?done=`);
      expect(await stored()).to.deep.equal([]);
    } finally {
      await workers.stop();
      await receiver.stop();
    }
  });

  it("T186 are out of reach for a superuser, and neither kind is found below the other's address", async () => {
    const office = await makeOffice(services);
    const own = await makeWebhook(services, office);
    const { webhook } = await service().add(null, draft(TYPED.url), OPERATOR);
    const superuser = await atConsole(vestibule, await makeStaff(services, office, { role: "superuser" }));
    expect((await superuser.browser.get("/console")).body).to.not.contain(`"${AT}"`);
    for (const below of ["", "/add", `/${webhook.id}`, `/${webhook.id}/edit`, `/${webhook.id}/delete`]) {
      expect((await superuser.browser.get(`${AT}${below}`)).status, below).to.equal(403);
    }
    for (const below of ["", "/edit", "/secret", "/delete"]) {
      const mixed = [`${AT}/${own}${below}`, `/console/o/${office.code}/webhooks/${webhook.id}${below}`];
      for (const path of mixed) {
        expect((await browser.get(path)).status, path).to.equal(404);
      }
    }
  });
});

const draft = (url: string) => ({ name: TYPED.name, url, types: ["signing-key.rotated"] });
