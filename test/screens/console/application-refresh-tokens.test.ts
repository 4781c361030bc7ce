import { expect } from "chai";
import { send } from "../../support/account.ts";
import { catalogueOf } from "../../support/catalogue.ts";
import { atConsole, makeStaff } from "../../support/console.ts";
import { makeApplication, makeOffice } from "../../support/people.ts";
import { hiddenField } from "../../support/relying-party.ts";
import { useFresh } from "../../support/suite-resource.ts";
import { useVestibule } from "../../support/use-vestibule.ts";

const LEDGER = {
  ...{ name: "Ledger", redirectUris: "https://app.test/cb", consent: "never" },
  ...{ idTokenAlgorithm: "ES256", usernames: "office", addresses: "proved" },
};

const en = (key: string) => catalogueOf("en")[key] ?? expect.fail(`no text ${key}`);

describe("the choice of refresh tokens in the console", () => {
  const vestibule = useVestibule();
  const { services } = vestibule;
  const office = useFresh(() => makeOffice(services));
  const staff = useFresh(() => makeStaff(services, office, { role: "superuser" }));
  const pageOf = (id: string, path = "") => `/console/o/${office.code}/applications/${id}${path}`;
  const [kept, rotated, hint] = ["refreshTokens.kept", "refreshTokens.rotated", "refreshTokensHint"].map(
    (key) => en(`console.application.${key}`),
  );

  it("is made for a web application, shown on its page, and taken back", async () => {
    const { id } = await makeApplication(services, {}, office.id);
    const { browser } = await atConsole(vestibule, staff);
    for (const [choice, text, isRotating] of [
      ["rotated", rotated, true],
      ["kept", kept, false],
    ] as const) {
      const edit = await browser.get(pageOf(id, "/edit"));
      expect(edit.body).to.contain(hint);
      const seen = hiddenField(edit, "seen");
      expect((await send(browser, edit, { ...LEDGER, refreshTokens: choice, seen })).status).to.equal(303);
      const stored = await services.applications.findStored(id);
      expect(stored?.rotateRefreshTokens).to.equal(isRotating);
      expect((await browser.get(pageOf(id))).body).to.contain(text);
    }
  });

  it("is not offered to a single-page application, whose page says that they are replaced", async () => {
    const { id } = await makeApplication(services, { type: "browser" }, office.id);
    const { browser } = await atConsole(vestibule, staff);
    expect((await browser.get(pageOf(id, "/edit"))).body).to.not.contain(hint);
    expect((await browser.get(pageOf(id))).body).to.contain(rotated);
  });

  it("is refused for a machine, with a word at the field", async () => {
    const { browser } = await atConsole(vestibule, staff);
    const add = await browser.get(`/console/o/${office.code}/applications/add`);
    const fields = { name: "Export", type: "machine", refreshTokens: "rotated", redirectUris: "" };
    const attempt = hiddenField(add, "attempt");
    const refused = await send(browser, add, { ...LEDGER, ...fields, attempt });
    expect([refused.status, refused.body.includes(en("console.wrong.app.refreshTokens"))]).to.deep.equal([
      400,
      true,
    ]);
  });
});
