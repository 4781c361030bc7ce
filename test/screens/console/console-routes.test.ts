import { randomUUID } from "node:crypto";
import { expect } from "chai";
import { createConsolePages } from "../../../src/screens/console/pages.ts";
import { routeOf, type ConsolePage } from "../../../src/screens/console/page.ts";
import { permit } from "../../../src/domain/access/access.ts";
import type { Actor, Target } from "../../../src/domain/access/actor.ts";
import type { Role } from "../../../src/domain/access/role.ts";
import { hiddenField } from "../../support/relying-party.ts";
import { atConsole, makeStaff, PAGE_PARTS, plain, supportOffice } from "../../support/console.ts";
import { asOwner } from "../../support/database.ts";
import type { HttpBrowser, Page } from "../../support/http-browser.ts";
import {
  makeApplication,
  makeOffice,
  makeUser,
  type TestOffice,
  type TestUser,
} from "../../support/people.ts";
import { makeWebhook } from "../../support/webhook-receiver.ts";
import { MINUTE, travel } from "../../support/time.ts";
import { useVestibule } from "../../support/use-vestibule.ts";

/** Whatever is registered: a new page is asked for without a word here. */
const PAGES = createConsolePages(PAGE_PARTS);
const ROLES = ["accountant", "superuser", "support"] as const;
type StaffRole = (typeof ROLES)[number];
type StaffActor = Actor & { readonly role: StaffRole };
/** Between them they may send every form. */
const SENDERS = ["superuser", "support"] as const;

/** What a page may be about, with what the table should be asked. */
interface Place {
  readonly office: TestOffice;
  readonly person: { readonly id: string } | null;
  readonly target: Target;
}

describe("every page of the console", function () {
  this.timeout(60_000);
  const vestibule = useVestibule();
  let north: TestOffice;
  let south: TestOffice;
  let platform: TestOffice;
  let people: readonly (TestUser & { role: Role })[];

  before(async () => {
    const { services } = vestibule;
    north = await makeOffice(services, { code: "NOORD", name: "Noord & Zonen" });
    south = await makeOffice(services, { code: "ZUID", name: "Zuiderlicht" });
    platform = await supportOffice(services);
    for (const { id, code } of [north, south, platform]) {
      APPLICATIONS.set(code, (await makeApplication(services, { name: `Somebody ${code}` }, id)).id);
      WEBHOOKS.set(code, await makeWebhook(services, { id, name: `Somebody ${code}` }));
    }
    WEBHOOKS.set("", await makeWebhook(services, { id: null }));
    const person = async (office: TestOffice, role: Role) => ({
      ...(await makeUser(services, office, { role, name: `Somebody ${office.code}` })),
      role,
    });
    people = await Promise.all([
      ...(["user", "accountant", "superuser"] as const).flatMap((role) => [
        person(north, role),
        person(south, role),
      ]),
      person(platform, "support"),
    ]);
  });

  it("has a name of its own, and a path that is no other page's", () => {
    expect(new Set(PAGES.map(({ name }) => name)).size).to.equal(PAGES.length);
    expect(new Set(PAGES.map(routeOf)).size).to.equal(PAGES.length);
  });

  for (const role of ROLES) {
    it(`T88 answers a user with the role ${role} as the table says, in every relation`, async () => {
      const { browser, actor } = await enter(role);
      for (const { page, place } of everywhere(actor)) {
        const expected = statusOf(actor, page, place);
        const path = pathFor(page, place);
        expect((await browser.get(path)).status, `GET ${path}`).to.equal(expected);
        // Without a token nothing is accepted, and a user who may not be here does not get as far as that.
        const { status } = await browser.post(path, {});
        const refused = page.submit === undefined ? 404 : expected === 200 ? 403 : expected;
        expect(status, `POST ${path}`).to.equal(refused);
      }
    });

    it(`T151 asks ${role} nothing to look at a page, however long ago the sign-in was`, async () => {
      const { browser, actor } = await enter(role);
      travel(31 * MINUTE);
      for (const { page, place } of everywhere(actor).filter((one) => !isHidden(actor, one))) {
        const { status, location } = await browser.get(pathFor(page, place));
        const asks = page.asksFirst === true && statusOf(actor, page, place) === 200;
        expect([status, location.includes("/authorize?")], pathFor(page, place)).to.deep.equal(
          asks ? [303, true] : [statusOf(actor, page, place), false],
        );
      }
    });
  }

  it("T82 answers a superuser another office's id like one that nobody has, byte for byte", async () => {
    const { browser } = await enter("superuser");
    const foreign = people.filter(({ office }) => office.id !== north.id);
    const unknown = plain(await browser.get("/console/o/NOWHERE"));
    const unknownForm = plain(await browser.post("/console/o/NOWHERE/users/add", {}));
    const paths = PAGES.filter(({ about }) => about !== "platform").flatMap((page) =>
      foreign.flatMap(({ id, office }) => [
        routeFor(page, office.code, id),
        ...(page.about === "user" ? [id, randomUUID(), "1", "' or true --"] : []).map((any) =>
          routeFor(page, "NOORD", encodeURIComponent(any)),
        ),
      ]),
    );
    for (const path of paths) {
      const got = await browser.get(path);
      expect([got.status, plain(got)], path).to.deep.equal([404, unknown]);
      const posted = await browser.post(path, {});
      expect([posted.status, plain(posted)], `POST ${path}`).to.deep.equal([404, unknownForm]);
    }
  });

  it("T84 takes the office from the row alone, whatever header, parameter or cookie names another", async () => {
    const { browser, actor } = await enter("superuser");
    const place = { office: north, person: null, target: { officeId: north.id, user: null } };
    browser.plant("vestibule-office", south.code);
    browser.plant("office", south.id);
    const headers = { "x-office-id": south.id, "x-office": south.code, "x-forwarded-host": "zuid.example" };
    for (const page of PAGES.filter(({ about }) => about === "office")) {
      const path = `${routeFor(page, "NOORD", "")}?office=${south.code}&office_id=${south.id}`;
      const answer = await browser.get(path, { headers });
      expect(answer.status, path).to.equal(statusOf(actor, page, place));
      expect(answer.body).to.not.match(/Zuiderlicht|Somebody ZUID/);
    }
    const home = await browser.get(`/console?office=${south.code}`, { headers });
    expect(home.location).to.equal(`${vestibule.issuer}/console/o/NOORD`);
  });

  it("T95 takes a form from its own page and session only", async () => {
    for (const role of SENDERS) {
      const [{ browser, actor }, { browser: stranger }] = [await enter(role), await enter(role)];
      await refuseForgeries(formsOf(actor), browser, stranger);
    }
  });

  async function refuseForgeries(paths: readonly string[], browser: HttpBrowser, stranger: HttpBrowser) {
    const before = await stateOf();
    expect(paths.length).to.be.greaterThan(0);
    for (const path of paths) {
      const form = await browser.get(path);
      const token = hiddenField(form, "_csrf");
      const foreign = hiddenField(await stranger.get(path), "_csrf");
      expect(token, path).to.match(/^[\w-]{43}$/);
      expect(foreign, path).to.not.equal(token);
      const answers = await Promise.all(forgeries(browser, path, { token, foreign }));
      expect(
        answers.map(({ status }) => status >= 400 && status < 500),
        path,
      ).to.deep.equal(answers.map(() => true));
    }
    expect(await stateOf()).to.deep.equal(before);
  }

  it("T95 changes nothing by a GET, whatever it carries", async () => {
    for (const role of SENDERS) {
      const { browser, actor } = await enter(role);
      const before = await stateOf();
      for (const path of formsOf(actor)) {
        const token = hiddenField(await browser.get(path), "_csrf");
        await browser.get(`${path}?_csrf=${token}&name=Stolen&_method=POST`);
      }
      expect(await stateOf()).to.deep.equal(before);
    }
  });

  for (const role of SENDERS) {
    it(`T90 takes no form of an old sign-in of ${role}: it asks once more and has changed nothing`, async () => {
      const { browser, actor } = await enter(role);
      const forms = new Map<string, Page>();
      for (const path of formsOf(actor)) {
        forms.set(path, await browser.get(path));
      }
      const before = await stateOf();
      travel(30 * MINUTE);
      for (const [path, form] of forms) {
        const answer = await browser.post(path, { _csrf: hiddenField(form, "_csrf"), name: "Stolen" });
        const returned = `state=${encodeURIComponent(path)}`;
        expect([answer.status, answer.location.includes(returned)], path).to.deep.equal([303, true]);
      }
      expect(await stateOf()).to.deep.equal(before);
    });
  }

  /** The pages with a form that a user may use, in the one office and about a user of it. */
  const formsOf = (actor: StaffActor): string[] =>
    everywhere(actor)
      .filter(({ page }) => page.submit !== undefined)
      .filter(({ page, place }) => page.about === "platform" || place.office.id === north.id)
      .filter(({ place }) => place.person === null || place.person.id === people[0]?.id)
      .filter(({ page, place }) => permit(actor, page.action, place.target) !== "never")
      .map(({ page, place }) => pathFor(page, place));

  /** A new user with this role has just signed in. */
  async function enter(role: StaffRole): Promise<{ browser: HttpBrowser; actor: StaffActor }> {
    const office = role === "support" ? platform : north;
    const staff = await makeStaff(vestibule.services, office, { role, name: `Somebody ${office.code}` });
    const { browser } = await atConsole(vestibule, staff);
    return { browser, actor: { id: staff.user.id, officeId: office.id, role } };
  }

  /** For every role but support, there is no other office. */
  const isHidden = (actor: StaffActor, { page, place }: { page: ConsolePage; place: Place }): boolean =>
    page.about !== "platform" && actor.role !== "support" && place.office.id !== actor.officeId;

  function statusOf(actor: StaffActor, page: ConsolePage, place: Place): number {
    if (isHidden(actor, { page, place })) {
      return 404;
    }
    return permit(actor, page.action, place.target) === "never" ? 403 : 200;
  }

  const everywhere = (actor: StaffActor) =>
    PAGES.flatMap((page) => placesOf(page, actor).map((place) => ({ page, place })));

  function placesOf({ about }: ConsolePage, actor: StaffActor): readonly Place[] {
    const offices = [north, south, platform];
    const own = offices.find(({ id }) => id === actor.officeId) ?? north;
    const everybody = [...people, { id: actor.id, role: actor.role, office: own }];
    switch (about) {
      case "platform":
        return [{ office: platform, person: null, target: { officeId: null, user: null } }];
      case "office":
        return offices.map((office) => ({
          office,
          person: null,
          target: { officeId: office.id, user: null },
        }));
      case "user":
        return everybody.map((person) => ({
          office: person.office,
          person,
          target: {
            officeId: person.office.id,
            user: { id: person.id, role: person.role, ledLately: false },
          },
        }));
    }
  }

  const pathFor = (page: ConsolePage, { office, person }: Place): string =>
    routeFor(page, office.code, person?.id ?? "");

  /** What a form could have changed. */
  const stateOf = () =>
    asOwner(
      vestibule.database,
      `select (select json_agg(o order by o.id) from offices o) as offices,
         (select json_agg(u order by u.id) from users u) as users,
         (select json_agg(a order by a.id) from applications a) as applications,
         (select json_agg(array[w.name, w.url, w.state] order by w.id) from webhooks w) as webhooks,
         (select json_agg(f order by f.user_id) from factors f) as factors,
         (select json_agg(n order by n.user_id) from mobile_numbers n) as numbers,
         (select json_agg(k order by k.id) from signing_keys k) as keys,
         (select json_agg(i order by i.id) from import_runs i) as imports`,
    );
});

/** An application of each office, by the office's code. */
const APPLICATIONS = new Map<string, string>();

/** The same of webhooks; "" for the platform. */
const WEBHOOKS = new Map<string, string>();

const routeFor = (page: ConsolePage, code: string, person: string): string =>
  routeOf(page)
    .replace(":office", code)
    .replace(":user", person)
    .replace(":application", APPLICATIONS.get(code) ?? "anything")
    .replace(":webhook", WEBHOOKS.get(page.about === "platform" ? "" : code) ?? "anything")
    .replace(":change", "off")
    .replaceAll(/:\w+/g, "anything");

/** Ways to make a user's browser send a form that its owner never saw. */
function forgeries(
  browser: HttpBrowser,
  path: string,
  { token, foreign }: { token: string; foreign: string },
): Promise<Page>[] {
  const fields = { name: "Stolen", language: "nl", _csrf: token };
  const form = new URLSearchParams(fields).toString();
  const urlencoded = "application/x-www-form-urlencoded";
  return [
    browser.post(path, { name: "Stolen" }),
    browser.post(path, { ...fields, _csrf: foreign }),
    browser.post(path, { ...fields, _csrf: "" }),
    browser.post(path, fields, { headers: { origin: "https://evil.test" } }),
    browser.post(path, fields, { headers: { origin: "null" } }),
    browser.post(path, fields, { headers: { origin: "", "sec-fetch-site": "cross-site" } }),
    browser.send(path, { method: "POST", body: form, headers: { "content-type": "text/plain" } }),
    browser.send(path, {
      method: "POST",
      body: JSON.stringify(fields),
      headers: { "content-type": "application/json", origin: browser.issuer },
    }),
    browser.send(path, {
      method: "POST",
      body: `${form}&_csrf=${token}`,
      headers: { "content-type": urlencoded },
    }),
    ...["PUT", "PATCH", "DELETE"].map((method) =>
      browser.send(path, { method, body: form, headers: { "content-type": urlencoded } }),
    ),
  ];
}
