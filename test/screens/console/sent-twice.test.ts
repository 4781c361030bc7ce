import { expect } from "chai";
import { send } from "../../support/account.ts";
import { atConsole, makeStaff, supportOffice } from "../../support/console.ts";
import { makeApplication, makeOffice, makeUser } from "../../support/people.ts";
import { untouched } from "../../support/sent-twice.ts";
import { useVestibule } from "../../support/use-vestibule.ts";

describe("a form of the console that is sent twice, by a double click", function () {
  this.timeout(60_000);
  const vestibule = useVestibule();
  const { services } = vestibule;

  it("T151 changes it once, and neither answer is an error", async () => {
    const office = await makeOffice(services);
    const person = await makeUser(services, office, { username: "sanne" });
    const { id, application } = await makeApplication(services, {}, office.id);
    const team = await supportOffice(services);
    const support = (await atConsole(vestibule, await makeStaff(services, team, { role: "support" })))
      .browser;
    const chris = await makeStaff(services, office, { role: "superuser" });
    const { browser } = await atConsole(vestibule, chris);
    const at = `/console/o/${office.code}`;
    const user = `${at}/users/${person.id}`;
    const names = { username: "sanne", mail: "sanne@mail.example", language: "" };
    const forms: readonly (readonly [string, Readonly<Record<string, string>>])[] = [
      [`${at}/settings/general`, { name: "Twice", language: "nl" }],
      [`${at}/settings/sign-in`, { sessionMinutes: "60", trustedBrowserDays: "0" }],
      [`${at}/users/add`, { name: "Tom", username: "tom", mail: "", role: "user", language: "" }],
      [`${user}/edit`, { ...names, name: "Twice" }],
      [`${user}/number`, { number: "06 12345678", reason: "called back" }],
      [`${user}/end-sessions`, { decision: "end", reason: "called back" }],
      [`${at}/applications/${id}/edit`, { name: "Twice", redirectUris: application.redirectUris.join("\n") }],
    ];
    for (const [path, typed] of forms) {
      await expectTwice(browser, path, typed);
    }
    await expectTwice(support, "/console/offices/add", { code: "TWICE", name: "Twice", language: "nl" });
  });

  async function expectTwice(
    browser: Awaited<ReturnType<typeof atConsole>>["browser"],
    path: string,
    typed: Readonly<Record<string, string>>,
  ): Promise<void> {
    const form = await browser.get(path);
    const fields = { ...untouched(form), ...typed };
    const answers = await Promise.all([send(browser, form, fields), send(browser, form, fields)]);
    const said = answers.map(({ body }) => /id="error-summary[\s\S]{0,400}/.exec(body)?.[0] ?? "");
    expect(
      answers.map(({ status }) => status),
      `${path} ${said.join("")}`,
    ).to.deep.equal([303, 303]);
  }
});
