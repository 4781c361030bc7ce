import { expect } from "chai";
import { eventTypesOf } from "../../../src/domain/events/event-catalogue.ts";
import { startWorkers } from "../../../src/server/wiring/processes.ts";
import { send } from "../../support/account.ts";
import { atConsole, makeStaff } from "../../support/console.ts";
import { eventually } from "../../support/eventually.ts";
import { BY_HAND } from "../../support/outbox.ts";
import type { Page } from "../../support/http-browser.ts";
import { makeOffice } from "../../support/people.ts";
import { follow, hiddenField } from "../../support/relying-party.ts";
import { useFresh } from "../../support/suite-resource.ts";
import { useVestibule } from "../../support/use-vestibule.ts";
import { startReceiver } from "../../support/webhook-receiver.ts";

const OPERATOR = { id: "command line", officeId: null, role: "operator" } as const;
const TYPED = {
  name: "Directory",
  url: "https://hooks.example/events",
  "event-user.added": "yes",
  "event-user.disabled": "yes",
};

const OFFERED = eventTypesOf("office")
  .map(({ name }) => name)
  .toSorted();

describe("webhooks in the console", function () {
  this.timeout(60_000);
  const vestibule = useVestibule({ settings: BY_HAND });
  const { services } = vestibule;
  const office = useFresh(() => makeOffice(services));
  const superuser = useFresh(() => makeStaff(services, office, { role: "superuser" }));
  const at = (below = "") => `/console/o/${office.code}/webhooks${below}`;
  const stored = () => services.webhooks.service.list(office.id);
  const make = async (url = TYPED.url) => {
    const draft = { name: "Directory", url, types: ["users.imported"] };
    return (await services.webhooks.service.add(office.id, draft, OPERATOR)).webhook;
  };

  it("T187 are added with a secret that is shown once; a form that is sent twice adds one", async () => {
    const { browser } = await atConsole(vestibule, superuser);
    expect((await browser.get(at())).body).to.contain("No address gets the events");
    const form = await browser.get(at("/add"));
    const made = await send(browser, form, { ...TYPED, attempt: hiddenField(form, "attempt") });
    expect(made.body).to.contain("whsec_").and.contain("user.added, user.disabled");
    const again = await follow(
      browser,
      await send(browser, form, { ...TYPED, attempt: hiddenField(form, "attempt") }),
    );
    expect(again.body).to.not.contain("whsec_");
    expect(await stored()).to.have.length(1);
    expect((await browser.get(at())).body).to.contain(TYPED.url);
  });

  it("have their events by subject, the chosen ones first, and each of them once", async () => {
    const webhook = await make();
    const { browser } = await atConsole(vestibule, superuser);
    const titlesOf = ({ body }: Page) =>
      [...body.matchAll(/<h2 class="small soft">([^<]+)</g)].map(([, title = ""]) => title);
    const boxesOf = ({ body }: Page) =>
      [...body.matchAll(/name="event-([^"]+)"/g)].map(([, name = ""]) => name);
    const add = await browser.get(at("/add"));
    const subjects = titlesOf(add);
    expect(subjects).to.include.members(["Sign-ins and sessions", "Second factor", "Administration"]);
    const edit = await browser.get(at(`/${webhook.id}/edit`));
    expect(titlesOf(edit)).to.deep.equal(["Chosen", ...subjects]);
    expect(boxesOf(edit)[0]).to.equal("users.imported");
    for (const page of [add, edit]) {
      expect(boxesOf(page).toSorted()).to.deep.equal(OFFERED);
    }
  });

  it("T189 say what is wrong with an address, and keep what was typed and ticked", async () => {
    const { browser } = await atConsole(vestibule, superuser);
    const form = await browser.get(at("/add"));
    const attempt = hiddenField(form, "attempt");
    const wrong = await send(browser, form, {
      attempt,
      name: "Directory",
      url: "http://hooks.example/",
      "event-user.added": "yes",
      "event-user.unknown": "yes",
    });
    expect(wrong.status).to.equal(400);
    expect(wrong.body).to.contain("Enter an https address").and.contain("http://hooks.example/");
    expect(wrong.body).to.match(/name="event-user.added" value="yes" checked/);
    expect(wrong.body).to.not.contain("user.unknown");
    expect(await stored()).to.deep.equal([]);
  });

  it("offer no event that an office never has, and refuse one by its name", async () => {
    const { browser } = await atConsole(vestibule, superuser);
    const form = await browser.get(at("/add"));
    expect(form.body).to.not.contain("signing-key.rotated");
    const attempt = hiddenField(form, "attempt");
    const sent = { ...TYPED, attempt, "event-signing-key.rotated": "yes" };
    const wrong = await send(browser, form, sent);
    expect(wrong.status).to.equal(400);
    expect(wrong.body).to.contain("This webhook never gets these events: signing-key.rotated.");
    expect(wrong.body).to.match(/name="event-signing-key.rotated" value="yes" checked/);
    expect(await stored()).to.deep.equal([]);
    const { "event-signing-key.rotated": _, ...rest } = sent;
    expect((await send(browser, wrong, rest)).body).to.contain("whsec_");
  });

  it("are tested, show what was sent, and send it again", async () => {
    const receiver = await startReceiver();
    const workers = await startWorkers(services);
    try {
      const webhook = await make(receiver.url);
      const { browser } = await atConsole(vestibule, superuser);
      const page = at(`/${webhook.id}`);
      const done = await follow(
        browser,
        await send(browser, await browser.get(`${page}/test`), { decision: "test" }),
      );
      expect(done.body).to.contain("Done.").and.contain("webhook.test");
      const log = await eventually(
        () => services.webhooks.service.deliveries(webhook),
        ([first]) => first?.state === "delivered",
      );
      const shown = await browser.get(page);
      expect(shown.body).to.contain("delivered").and.contain("204");
      const path = `${page}/again-${log[0]?.id ?? ""}`;
      expect(shown.body).to.contain(path);
      await send(browser, await browser.get(path), { decision: "again" });
      await eventually(
        () => Promise.resolve(receiver.received.length),
        (count) => count === 2,
      );
      expect(new Set(receiver.received.map(({ id }) => id)).size).to.equal(1);
    } finally {
      await workers.stop();
      await receiver.stop();
    }
  });

  it("get a new secret once, are switched off and on, and are deleted after their name was typed", async () => {
    const webhook = await make();
    const { browser } = await atConsole(vestibule, superuser);
    const page = at(`/${webhook.id}`);
    const form = await browser.get(`${page}/secret`);
    expect((await send(browser, form, { decision: webhook.mark })).body).to.contain("whsec_");
    const twice = await send(browser, form, { decision: webhook.mark });
    expect(twice.status).to.equal(400);
    expect(twice.body).to.not.contain("whsec_");
    for (const state of ["off", "on"] as const) {
      await send(browser, await browser.get(`${page}/${state}`), { decision: state });
      expect((await stored())[0]?.state).to.equal(state);
    }
    const asked = await browser.get(`${page}/delete`);
    expect((await send(browser, asked, { typed: "other", decision: "delete" })).status).to.equal(400);
    await send(browser, asked, { typed: "directory", decision: "delete" });
    expect(await stored()).to.deep.equal([]);
  });

  it("are edited by the form that adds them, without a change that was not seen", async () => {
    const webhook = await make();
    const { browser } = await atConsole(vestibule, superuser);
    const path = at(`/${webhook.id}/edit`);
    const form = await browser.get(path);
    expect(form.body).to.match(/name="event-users.imported" value="yes" checked/);
    const seen = hiddenField(form, "seen");
    const wrong = await send(browser, form, { ...TYPED, seen, url: "http://hooks.example/" });
    expect(wrong.status).to.equal(400);
    expect(wrong.body).to.contain("Enter an https address");
    await services.webhooks.service.change(webhook, { name: "Of the operator" }, OPERATOR);
    const late = await send(browser, form, { ...TYPED, seen, url: "https://new.example/" });
    expect(late.status).to.equal(400);
    expect(late.body).to.contain("Of the operator");
    expect((await stored())[0]).to.include({ url: TYPED.url });
    const again = { ...TYPED, url: "https://new.example/", seen: hiddenField(late, "seen") };
    for (const sent of [again, again]) {
      const done = await follow(browser, await send(browser, late, sent));
      expect(done.body).to.contain("The webhook was changed.").and.contain("https://new.example/");
    }
    expect((await stored())[0]).to.deep.include({
      ...{ name: TYPED.name, url: "https://new.example/", types: ["user.added", "user.disabled"] },
    });
  });

  it("T186 are out of reach for another office and for an accountant", async () => {
    const webhook = await make();
    const other = await makeOffice(services);
    const stranger = (await atConsole(vestibule, await makeStaff(services, other, { role: "superuser" })))
      .browser;
    const accountant = (await atConsole(vestibule, await makeStaff(services, office, { role: "accountant" })))
      .browser;
    const here = `/console/o/${other.code}/webhooks/${webhook.id}`;
    for (const below of ["", "/edit", "/test", "/secret", "/off", "/delete"]) {
      const foreign = await stranger.get(at(`/${webhook.id}${below}`));
      const mixed = await stranger.get(`${here}${below}`);
      expect([foreign.status, mixed.status], below).to.deep.equal([404, 404]);
      expect((await accountant.get(at(`/${webhook.id}${below}`))).status, below).to.equal(403);
    }
    const { browser } = await atConsole(vestibule, superuser);
    for (const below of ["/again", "/again-x", "/toString", `/again-${webhook.id}x`]) {
      expect((await browser.get(at(`/${webhook.id}${below}`))).status, below).to.equal(404);
    }
  });
});
