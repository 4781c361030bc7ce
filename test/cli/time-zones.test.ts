import { expect } from "chai";
import { faultsOf } from "../support/settings-faults.ts";
import { useInstallation } from "./installation.ts";

describe("time zones on the command line", () => {
  const here = useInstallation();

  before(async () => {
    await here.ask(["office", "add", "noord", "--name", "Noord", "--time-zone", "Europe/Amsterdam"]);
  });

  it("are given to an office by their IANA names, and taken from it by none", async () => {
    expect((await here.run(["office", "show", "NOORD"])).out).to.match(/Time zone +Europe\/Amsterdam/);
    await here.ask(["office", "edit", "NOORD", "--time-zone", "none"]);
    expect((await here.run(["office", "show", "NOORD"])).out).to.match(/Time zone +as the installation: UTC/);
    await here.ask(["office", "edit", "NOORD", "--time-zone", "europe/amsterdam"]);
    expect((await here.run(["office", "show", "NOORD"])).out).to.match(/Time zone +Europe\/Amsterdam/);
  });

  it("T154 are refused where they are none", async () => {
    for (const zone of ["Mars/Olympus", "+02:00", "CET'; drop table offices"]) {
      const { code, error } = await here.run(["office", "edit", "NOORD", "--time-zone", zone]);
      expect(code, zone).to.equal(1);
      expect(error, zone).to.contain("must be a time zone such as Europe/Amsterdam");
    }
  });

  it("are where the day of a policy begins", async () => {
    const typed = ["office", "edit", "NOORD", "--second-factor", "required", "--from", "2031-04-08"];
    expect(JSON.stringify(await here.ask(typed))).to.contain("2031-04-07T22:00:00.000Z");
    expect((await here.run(["office", "show", "NOORD"])).out).to.contain("required from 2031-04-08");
  });

  it("list the mails before it in the dry run", async () => {
    const { out } = await here.run(["office", "dry-run", "NOORD", "--second-factor", "required"]);
    expect(out).to.contain("Reminders by mail to 0 of 0 users").and.contain("2031-03-25T07:00:00.000Z");
  });

  it("are of the installation where an office has none; an unknown one is a fault at the start", () => {
    const faults = faultsOf({ VESTIBULE_TIME_ZONE: "Mars/Olympus" });
    expect(faults.join()).to.contain("VESTIBULE_TIME_ZONE: must be an IANA time zone");
  });
});
