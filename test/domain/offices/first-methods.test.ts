import { expect } from "chai";
import { newOfficeSchema } from "../../../src/domain/offices/office.ts";
import { atConsole, makeStaff, supportOffice } from "../../support/console.ts";
import { send } from "../../support/account.ts";
import { asOwner } from "../../support/database.ts";
import { follow } from "../../support/relying-party.ts";
import { useVestibule, type World } from "../../support/use-vestibule.ts";
import { useInstallation } from "../../cli/installation.ts";

const methodsOf = async ({ services }: World, code: string) =>
  (await services.offices.findByCode(code))?.secondFactor.methods;

async function add({ services }: World, code: string): Promise<void> {
  await services.officeService.add(newOfficeSchema.parse({ code, name: "Nieuw" }), "test");
}

describe("a new office, where text messages can be sent", () => {
  const world = useVestibule();

  it("lets its users choose between an app and text messages", async () => {
    await add(world, "NIEUW");
    expect(await methodsOf(world, "NIEUW")).to.deep.equal(["totp", "sms"]);
  });

  it("says so in the audit log", async () => {
    await add(world, "LOG");
    const [event] = await asOwner<{ details: object }>(
      world.database,
      "select details from audit_events where type = 'office.added' and details->>'code' = 'LOG'",
    );
    expect(event?.details).to.deep.include({ methods: "totp sms" });
  });

  it("says so where support adds it", async () => {
    const staff = await makeStaff(world.services, await supportOffice(world.services), { role: "support" });
    const { browser } = await atConsole(world, staff);
    const form = await browser.get("/console/offices/add");
    expect(form.body).to.contain("Its users choose between an authenticator app and text messages.");
    await follow(browser, await send(browser, form, { code: "PAGE", name: "Page", language: "en" }));
    expect(await methodsOf(world, "PAGE")).to.deep.equal(["totp", "sms"]);
  });

  it("has an app alone when it is the office of the platform's own staff", async () => {
    await world.services.officeService.supportOffice("Vestibule", "test");
    expect(await methodsOf(world, "SUPPORT")).to.deep.equal(["totp"]);
  });
});

describe("a new office, where no text messages can be sent", () => {
  const world = useVestibule({ settings: { VESTIBULE_SMS_GATEWAY: "none" } });

  it("accepts the app", async () => {
    await add(world, "NIEUW");
    expect(await methodsOf(world, "NIEUW")).to.deep.equal(["totp"]);
  });

  it("is not offered a method that nobody could use", async () => {
    await add(world, "PAGE");
    const staff = await makeStaff(world.services, await supportOffice(world.services), { role: "support" });
    const { browser } = await atConsole(world, staff);
    expect((await browser.get("/console/offices/add")).body).to.contain("no gateway for text messages");
    const { body } = await browser.get("/console/o/PAGE/settings/second-factor");
    expect(body).to.contain('name="method-totp"').and.not.contain('name="method-sms"');
    expect(body).to.contain("no gateway for text messages");
  });
});

describe("a new office on the command line", () => {
  const here = useInstallation();

  it("is printed with the methods that its users choose from", async () => {
    const { out } = await here.run(["office", "add", "NOORD", "--name", "Noord"]);
    expect(out).to.match(/Second factor +off; users who set one up choose totp or sms/);
  });
});
