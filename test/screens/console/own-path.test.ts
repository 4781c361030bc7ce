import { expect } from "chai";
import { openConsole, atConsole, makeStaff } from "../../support/console.ts";
import { makeOffice, makeUser } from "../../support/people.ts";
import { follow } from "../../support/relying-party.ts";
import { giveApp } from "../../support/second-factor.ts";
import { useFresh } from "../../support/suite-resource.ts";
import { useVestibule } from "../../support/use-vestibule.ts";

const textOf = (body: string): string => body.replaceAll(/<[^>]*>/g, " ").replaceAll(/\s+/g, " ");

describe("Settings, Users, Edit, General tab, Second authentication method", function () {
  this.timeout(30_000);
  const vestibule = useVestibule();
  const { services } = vestibule;
  const office = useFresh(() => makeOffice(services));

  it("is for an ordinary user the own account, from whichever of the console's addresses", async () => {
    const user = await makeUser(services, office, { name: "Femke de Wit" });
    const { secret } = await giveApp(services, user);
    const browser = vestibule.browser();
    const first = await openConsole(browser, "/console/settings/users", { user, secret });
    expect(new URL(first.url).pathname, "after the sign-in").to.equal("/account");
    for (const path of ["/console", "/console/settings", `/console/o/${office.code}/users`]) {
      const page = await follow(browser, await browser.get(path));
      expect([page.status, new URL(page.url).pathname], path).to.deep.equal([200, "/account"]);
      expect(textOf(page.body)).to.contain(
        "Settings › Users › Femke de Wit › General › Second authentication method",
      );
      expect(page.body).to.contain('href="/account/method"');
    }
    expect(textOf((await browser.get("/account")).body), "not on the account page itself").to.not.contain(
      "›",
    );
  });

  it("tells an ordinary user nothing of which offices and users there are", async () => {
    const user = await makeUser(services, office);
    const { secret } = await giveApp(services, user);
    const browser = vestibule.browser();
    await openConsole(browser, "/console", { user, secret });
    const locations = await Promise.all(
      ["/console/o/NO-SUCH-OFFICE", `/console/o/${office.code}`, `/console/o/${office.code}/users/1`].map(
        async (path) => (await browser.get(path)).location,
      ),
    );
    expect(new Set(locations).size).to.equal(1);
  });

  it("is for a superuser a walk along these very words", async () => {
    const staff = await makeStaff(services, office, { role: "superuser", name: "Chris Smit" });
    const user = await makeUser(services, office, { name: "Femke de Wit" });
    const { browser } = await atConsole(vestibule, staff);
    const linkOn = (body: string, words: RegExp): string => {
      const links = [...body.matchAll(/<a [^>]*href="([^"]*)"[^>]*>(.*?)<\/a>/gs)];
      const found = links.find(([, , text = ""]) => words.test(textOf(text).trim()));
      if (found?.[1] === undefined) {
        throw new Error(`There is no link ${String(words)}.`);
      }
      return found[1].replaceAll("&amp;", "&");
    };
    const settings = await follow(browser, await browser.get("/console/settings"));
    const users = await browser.get(linkOn(settings.body, /^Users/));
    const row = users.body.slice(users.body.indexOf("Femke de Wit") - 600);
    const person = await browser.get(linkOn(row, /^Edit\b.*Femke de Wit|^Femke de Wit/));
    expect(new URL(person.url).pathname).to.contain(user.id);
    expect(textOf(users.body), "the actions of a user").to.contain("Edit");
    const general = await browser.get(linkOn(person.body, /^General$/));
    expect(textOf(general.body)).to.contain("Second authentication method");
  });
});
