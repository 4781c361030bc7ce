import { expect } from "chai";
import { send } from "../../support/account.ts";
import { atConsole, makeStaff } from "../../support/console.ts";
import type { HttpBrowser } from "../../support/http-browser.ts";
import { giveNumber } from "../../support/mobile-numbers.ts";
import { makeOffice, makeUser } from "../../support/people.ts";
import { hiddenField } from "../../support/relying-party.ts";
import { changeOffice, giveApp } from "../../support/second-factor.ts";
import { useFresh } from "../../support/suite-resource.ts";
import { useVestibule } from "../../support/use-vestibule.ts";

const BOTH = ["totp", "sms"] as const;

describe("what a second-factor policy takes away from people", () => {
  const vestibule = useVestibule();
  const { services } = vestibule;
  const office = useFresh(() => makeOffice(services));
  const staff = useFresh(() => makeStaff(services, office, { role: "superuser" }));

  const path = () => `/console/o/${office.code}/settings/second-factor`;
  const require = () =>
    changeOffice(services, office, { secondFactor: { demand: "required", from: null, methods: BOTH } });

  async function addPeople(): Promise<void> {
    for (let made = 0; made < 3; made += 1) {
      await giveNumber(services, await makeUser(services, office));
    }
    const both = await makeUser(services, office);
    await giveNumber(services, both);
    await giveApp(services, both);
    await makeUser(services, office);
  }

  async function lookAt(browser: HttpBrowser, typed: Record<string, string>): Promise<string> {
    const form = await browser.get(path());
    const fields = { demand: "required", from: "", methods: "totp sms", seen: hiddenField(form, "seen") };
    return (await send(browser, form, { ...fields, ...typed })).body;
  }

  it("stands beside each choice, in plain words", async () => {
    await addPeople();
    await require();
    const { browser } = await atConsole(vestibule, staff);
    const { body } = await browser.get(path());
    expect(body).to.contain("3 users get codes by text message and will have to set up an app.");
    expect(body).to.contain("One user has an app and will have to switch to text messages.");
    expect(body).to.contain("One user has no method yet.");
  });

  it("is not said of an office that demands none: there nothing has to be set up", async () => {
    await addPeople();
    const { browser } = await atConsole(vestibule, staff);
    const { body } = await browser.get(path());
    expect(body).to.not.contain("will have to set up an app");
  });

  it("is summed up before it is saved", async () => {
    await addPeople();
    await changeOffice(services, office, { trustedBrowserDays: 14 });
    const { browser } = await atConsole(vestibule, staff);
    const look = await lookAt(browser, { methods: "totp" });
    expect(look).to.contain("What this removes").and.contain("Users can no longer choose text messages.");
    expect(look).to.contain("3 users get codes by text message and will have to set up an app.");
    expect(look).to.contain("One user has no method yet and will have to set one up.");
    expect(look).to.contain("Trusted browsers are forgotten");
  });

  it("names a few affected users once, with what they see now and then", async () => {
    await addPeople();
    const { browser } = await atConsole(vestibule, staff);
    const look = await lookAt(browser, { methods: "totp" });
    expect(look.match(/<table/g)).to.have.length(1);
    expect(look).to.match(/data-column="Without the change">password alone</);
    expect(look).to.match(/data-column="With the change">set up a method and save recovery codes</);
    expect(look).to.not.contain("By name");
  });

  it("counts many affected users first, and names them below", async () => {
    for (let made = 0; made < 11; made += 1) {
      await makeUser(services, office);
    }
    const { browser } = await atConsole(vestibule, staff);
    const look = await lookAt(browser, {});
    expect(look.match(/<table/g)).to.have.length(2);
    expect(look).to.contain("11 users").and.contain("By name");
  });

  it("names no loss where there is none", async () => {
    await require();
    const { browser } = await atConsole(vestibule, staff);
    expect(await lookAt(browser, { from: "2027-01-31" })).to.not.contain("What this removes");
  });

  it("does not promise that codes end when the second factor is switched off", async () => {
    await addPeople();
    await require();
    const { browser } = await atConsole(vestibule, staff);
    expect(await lookAt(browser, { demand: "off" })).to.contain(
      "5 users have a method and are still asked for a code.",
    );
  });
});
