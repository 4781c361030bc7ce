import { expect } from "chai";
import { send } from "../../support/account.ts";
import { catalogueOf } from "../../support/catalogue.ts";
import { atConsole, makeStaff } from "../../support/console.ts";
import { eventually } from "../../support/eventually.ts";
import { makeApplication, makeOffice } from "../../support/people.ts";
import { follow, hiddenField } from "../../support/relying-party.ts";
import { useFresh } from "../../support/suite-resource.ts";
import { useVestibule } from "../../support/use-vestibule.ts";

const LEDGER = {
  ...{ type: "web", name: "Ledger", redirectUris: "https://app.test/cb", consent: "never" },
  ...{ idTokenAlgorithm: "ES256", homeUrl: "https://app.test/", usernames: "office", addresses: "proved" },
};

const en = (key: string) => catalogueOf("en")[key] ?? expect.fail(`no text ${key}`);

describe("claims in the ID token, in the console", function () {
  this.timeout(60_000);
  const vestibule = useVestibule();
  const { services } = vestibule;
  const office = useFresh(() => makeOffice(services));
  const staff = useFresh(() => makeStaff(services, office, { role: "superuser" }));

  it("are chosen on the form, expected on the application's page, and taken back", async () => {
    const { id } = await makeApplication(services, {}, office.id);
    const { browser } = await atConsole(vestibule, staff);
    const page = `/console/o/${office.code}/applications/${id}`;
    const choose = async (claimsIn: string) => {
      const edit = await browser.get(`${page}/edit`);
      expect(edit.body).to.contain(en("console.application.claimsInHint"));
      const sent = await send(browser, edit, { ...LEDGER, claimsIn, seen: hiddenField(edit, "seen") });
      expect(sent.status).to.equal(303);
      // Servers keep copies of applications, and learn of a change a moment later.
      await eventually(
        () => services.applications.find(id),
        (found) => found?.idTokenClaims === (claimsIn === "idToken"),
      );
      return (await browser.get(page)).body;
    };
    expect(await choose("idToken")).to.contain(en("console.application.claimsIn.idToken"));
    expect(await choose("userinfo")).to.contain(en("console.application.claimsIn.userinfo"));
  });

  for (const idTokenClaims of [true, false]) {
    it(`are ${idTokenClaims ? "shown" : "not shown"} by a sign-in that is tried, as the application gets them`, async () => {
      const application = await makeApplication(services, { idTokenClaims }, office.id);
      const { browser } = await atConsole(vestibule, staff);
      const form = await browser.get(`/console/o/${office.code}/applications/${application.id}/try`);
      const asked = { redirectUri: application.redirectUri, scope: "openid profile groups", prompt: "" };
      const { body } = await follow(browser, await send(browser, form, asked));
      const [claims, userinfo] = [...body.matchAll(/<pre[^>]*><code>([\s\S]*?)<\/code>/g)]
        .slice(-2)
        .map(([, text = ""]) => JSON.parse(text.replaceAll("&quot;", '"')) as Record<string, unknown>);
      const { name, preferred_username: username, locale, groups } = claims ?? {};
      const expected = { sub: claims?.["sub"], name, preferred_username: username, locale, groups };
      expect(userinfo?.["groups"]).to.deep.equal([office.code, `${office.code}:superuser`]);
      expect(expected).to.deep.equal(
        idTokenClaims ? userinfo : { ...expected, ...{ name: undefined, groups: undefined } },
      );
    });
  }
});
