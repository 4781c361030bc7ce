import { expect } from "chai";
import { send } from "../../support/account.ts";
import { atConsole, makeStaff } from "../../support/console.ts";
import { makeApplication, makeOffice } from "../../support/people.ts";
import { hiddenField } from "../../support/relying-party.ts";
import { useFresh } from "../../support/suite-resource.ts";
import { useVestibule } from "../../support/use-vestibule.ts";

const LEDGER = { type: "web", name: "Ledger", redirectUris: "https://ledger.test/cb", consent: "never" };

/** Text of a page, without its tags. */
const textOf = (body: string): string =>
  body
    .replaceAll(/<[^>]*>/g, " ")
    .replaceAll("&#x2F;", "/")
    .replaceAll("&#92;", "\\");

describe("a wrong address in the form of an application", () => {
  const vestibule = useVestibule();
  const office = useFresh(() => makeOffice(vestibule.services));
  const staff = useFresh(() => makeStaff(vestibule.services, office, { role: "superuser" }));
  const ofOffice = () => vestibule.services.applications.ofOffice(office.id, { after: ["", ""], limit: 9 });

  it("T78 is refused with itself, the rule and the nearest right one, in each field", async () => {
    const { browser } = await atConsole(vestibule, staff);
    const form = await browser.get(`/console/o/${office.code}/applications/add`);
    const attempt = hiddenField(form, "attempt");
    for (const [field, typed, rule, nearest] of [
      ["redirectUris", "http://ledger.test/cb", "must begin with https://", "https://ledger.test/cb"],
      ["redirectUris", "https://ledger.test/cb#top", "must not have a #", "https://ledger.test/cb"],
      ["redirectUris", "ledger.test/cb", "is not a complete address", "https://ledger.test/cb"],
      ["redirectUris", "https://*.ledger.test/cb", "has a wildcard", null],
      ["redirectUris", "javascript:alert(1)", "must begin with https://", null],
      ["postLogoutRedirectUris", "https://me@ledger.test/", "has a user name", "https://ledger.test/"],
      ["backchannelLogoutUri", "https://ledger.test./out", "has a dot at the end", "https://ledger.test/out"],
      ["homeUrl", "http://2130706433/", "not written as browsers write it", "http://127.0.0.1/"],
      [
        "logoUrl",
        "https://ledger.test\\logo.png",
        "contains a space, a control",
        "https://ledger.test/logo.png",
      ],
    ] as const) {
      const page = await send(browser, form, {
        ...LEDGER,
        idTokenAlgorithm: "RS256",
        [field]: typed,
        attempt,
      });
      const text = textOf(page.body);
      expect([page.status, page.body.includes(`id="${field}-error"`)], typed).to.deep.equal([400, true]);
      expect(text, typed).to.contain(typed).and.contain(rule);
      expect(text.includes("The nearest valid one is"), typed).to.equal(nearest !== null);
      expect(text, typed).to.contain(nearest ?? "");
    }
    const spa = {
      ...LEDGER,
      idTokenAlgorithm: "RS256",
      type: "browser",
      corsOrigins: "https://ledger.test/",
    };
    const origin = textOf((await send(browser, form, { ...spa, attempt })).body);
    expect(origin).to.contain("is not an origin").and.contain("nearest valid one is https://ledger.test.");
    expect(await ofOffice()).to.deep.equal([]);
  });

  it("is named beside the others of its field, and says what the field takes where no address is wrong", async () => {
    const { browser } = await atConsole(vestibule, staff);
    const form = await browser.get(`/console/o/${office.code}/applications/add`);
    const fields = { ...LEDGER, idTokenAlgorithm: "RS256", attempt: hiddenField(form, "attempt") };
    const two = await send(browser, form, { ...fields, redirectUris: "http://a.test/cb\nhttps://b.test/#" });
    expect(textOf(two.body)).to.contain("https://a.test/cb").and.contain("https://b.test/.");
    expect(two.body.match(/id="redirectUris-error"/g)).to.have.length(1);
    const none = await send(browser, form, { ...fields, redirectUris: "" });
    expect(textOf(none.body)).to.contain("Check the redirect URIs");
  });

  it("is none when it is only written differently: it is stored in its normal form", async () => {
    const { id } = await makeApplication(vestibule.services, {}, office.id);
    const { browser } = await atConsole(vestibule, staff);
    const edit = await browser.get(`/console/o/${office.code}/applications/${id}/edit`);
    const answer = await send(browser, edit, {
      ...{ ...LEDGER, idTokenAlgorithm: "RS256", seen: hiddenField(edit, "seen") },
      redirectUris: "HTTPS://Ledger.test:443/cb\nhttps://ledger.test/cb\nhttps://bücher.test",
      postLogoutRedirectUris: "https://LEDGER.test",
      backchannelLogoutUri: "https://ledger.test:443/out",
    });
    expect(answer.status).to.equal(303);
    const [application] = await ofOffice();
    expect(application).to.deep.include({
      redirectUris: ["https://ledger.test/cb", "https://xn--bcher-kva.test/"],
      postLogoutRedirectUris: ["https://ledger.test/"],
      backchannelLogoutUri: "https://ledger.test/out",
    });
  });

  it("may be in a private network on a development server", async () => {
    const { browser } = await atConsole(vestibule, staff);
    const form = await browser.get(`/console/o/${office.code}/applications/add`);
    const redirectUris = "http://192.168.1.10:3000/cb\nhttp://app.localhost:3000/cb";
    const fields = {
      ...LEDGER,
      idTokenAlgorithm: "RS256",
      redirectUris,
      attempt: hiddenField(form, "attempt"),
    };
    expect((await send(browser, form, fields)).status).to.equal(200);
    expect(await ofOffice()).to.have.length(1);
  });
});
