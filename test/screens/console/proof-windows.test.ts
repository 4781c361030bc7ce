import { expect } from "chai";
import { permit } from "../../../src/domain/access/access.ts";
import { PROOF_MINUTES } from "../../../src/domain/access/permissions.ts";
import { officeHref, routeOf, userHref, type ConsolePage } from "../../../src/screens/console/page.ts";
import { createConsolePages } from "../../../src/screens/console/pages.ts";
import { send } from "../../support/account.ts";
import { atConsole, makeStaff, PAGE_PARTS, supportOffice } from "../../support/console.ts";
import type { HttpBrowser, Page } from "../../support/http-browser.ts";
import { makeApplication, makeOffice, makeUser, type TestOffice } from "../../support/people.ts";
import { MINUTE, SECOND, travel } from "../../support/time.ts";
import { useVestibule } from "../../support/use-vestibule.ts";
import { makeWebhook } from "../../support/webhook-receiver.ts";

const FORMS = createConsolePages(PAGE_PARTS).filter(({ submit }) => submit !== undefined);

/** The pages that need the proof of five minutes; all others with a form need that of thirty. */
const GRAVE = [
  ...["office-close", "settings-second-factor", "application-secret", "signing-keys-rotate", "user-role"],
  ...[
    "user-number",
    "user-number-delete",
    "user-number-change",
    "user-unlock",
    "user-reset",
    "user-method",
    "user-approval",
  ],
  ...[
    "user-password-link",
    "user-delete",
    "user-data",
    "application-delete",
    "scim",
    "webhook-add",
    "webhook-change",
    "webhook-edit",
    "webhook-add-platform",
    "webhook-change-platform",
    "webhook-edit-platform",
  ],
];

describe("how fresh a proof the console asks for", function () {
  this.timeout(60_000);
  const vestibule = useVestibule();
  const { services } = vestibule;

  it("T151 is five minutes for resets, roles, deletion, secrets and factors, and thirty for the rest", async () => {
    const office = await makeOffice(services);
    const person = await makeUser(services, office);
    const application = (await makeApplication(services, {}, office.id)).id;
    const webhooks = {
      office: await makeWebhook(services, office),
      platform: await makeWebhook(services, { id: null }),
    };
    const team = await supportOffice(services);
    const staff = await makeStaff(services, team, { role: "support" });
    const { browser } = await atConsole(vestibule, staff);
    const forms = await openAll(browser, { office, personId: person.id, application, webhooks });
    const asked = async (which: (page: ConsolePage) => boolean) => {
      const found: string[] = [];
      for (const [page, form] of forms) {
        if (which(page)) {
          const { location } = await send(browser, form, { decision: "none" });
          found.push(...(location.includes("/authorize?") ? [page.name] : []));
        }
      }
      return found;
    };
    const isGrave = ({ name }: ConsolePage) => GRAVE.includes(name);
    travel(PROOF_MINUTES["stepped-up"] * MINUTE - 20 * SECOND);
    expect(await asked(() => true), "before five minutes").to.deep.equal([]);
    travel(20 * SECOND);
    const grave = forms.filter(([page]) => isGrave(page)).map(([{ name }]) => name);
    expect(await asked(isGrave), "after five")
      .to.deep.equal(grave)
      .and.have.length.above(8);
    expect(await asked((page) => !isGrave(page)), "the rest after five").to.deep.equal(STRICTER);
    travel(25 * MINUTE);
    expect(await asked(() => true), "after thirty").to.deep.equal(forms.map(([{ name }]) => name));
    expect(new Set(grave).size + STRICTER.length).to.be.below(forms.length);
  });

  /** An empty form of these gives no role, and changes a name or an address: that is grave. */
  const STRICTER = ["user-add", "application-edit"];

  it("T151 stands in the table for each page with a form, and is null for each without", () => {
    const actor = { id: "x", officeId: "team", role: "support" } as const;
    const user = { id: "y", role: "user", ledLately: false } as const;
    for (const page of createConsolePages(PAGE_PARTS)) {
      const target = {
        platform: { officeId: null, user: null },
        office: { officeId: "other", user: null },
        user: { officeId: "other", user },
      }[page.about];
      const found = permit(actor, page.action, target);
      if (page.submit === undefined) {
        expect(["allowed", "proved-lately", "never"], page.name).to.include(found);
      } else {
        const expected = GRAVE.includes(page.name) ? "stepped-up" : "proved-lately";
        expect(["never", expected], page.name).to.include(found);
      }
    }
  });

  it("T151 is five minutes for a role, a name, an address or a redirect URI, wherever a form gives one", async () => {
    const office = await makeOffice(services);
    const person = await makeUser(services, office, { username: "sanne", mail: "sanne@noord.example" });
    const { application, id } = await makeApplication(services, {}, office.id);
    const staff = await makeStaff(services, office, { role: "superuser" });
    const { browser } = await atConsole(vestibule, staff);
    const edit = await browser.get(userHref(office.code, person.id, "/edit"));
    const add = await browser.get(officeHref(office.code, "/users/add"));
    const change = await browser.get(officeHref(office.code, `/applications/${id}/edit`));
    travel(6 * MINUTE);
    const asks = async (form: Page, fields: Record<string, string>) =>
      (await send(browser, form, fields)).location.includes("/authorize?");
    const same = { name: "", username: "sanne", mail: "sanne@noord.example", language: "" };
    expect(await asks(edit, same), "a name to read").to.equal(false);
    expect(await asks(edit, { ...same, mail: "thief@noord.example" })).to.equal(true);
    expect(await asks(edit, { ...same, username: "thief" })).to.equal(true);
    expect(await asks(add, { role: "user" })).to.equal(false);
    expect(await asks(add, { role: "superuser" })).to.equal(true);
    const uris = { redirectUris: application.redirectUris.join("\r\n") };
    expect(await asks(change, { ...uris, name: "" })).to.equal(false);
    expect(await asks(change, { redirectUris: "https://thief.test/cb" })).to.equal(true);
  });

  async function openAll(
    browser: HttpBrowser,
    {
      office,
      personId,
      application,
      webhooks,
    }: {
      office: TestOffice;
      personId: string;
      application: string;
      webhooks: Readonly<Record<"office" | "platform", string>>;
    },
  ): Promise<(readonly [ConsolePage, Page])[]> {
    const opened: (readonly [ConsolePage, Page])[] = [];
    for (const page of FORMS) {
      const path = routeOf(page)
        .replace(":office", office.code)
        .replace(":user", personId)
        .replace(":application", application)
        .replace(":webhook", page.about === "platform" ? webhooks.platform : webhooks.office)
        .replace(":change", "off");
      const form = await browser.get(path);
      opened.push(...(form.body.includes('name="_csrf"') ? [[page, form] as const] : []));
    }
    return opened;
  }
});
