import { expect } from "chai";
import { asOwner } from "../support/database.ts";
import { useInstallation } from "./installation.ts";

describe("trusted browsers on the command line", () => {
  const here = useInstallation();

  before(async () => {
    await here.ask(["office", "add", "NOORD", "--name", "Noord"]);
  });

  const edit = (...options: string[]) => here.ask(["office", "edit", "NOORD", ...options]);
  const shown = async () => (await here.run(["office", "show", "NOORD"])).out;

  it("T28 are nobody's until the office allows them, for the days that are named", async () => {
    expect(await shown()).to.match(/Trusted browsers +off/);
    expect(await edit("--trusted-browser-days", "14")).to.include({ trustedBrowserDays: 14 });
    expect(await shown()).to.match(/Trusted browsers +for 14 days/);
    expect(await edit("--name", "Noord & Zonen"), "what an edit does not name stays").to.include({
      trustedBrowserDays: 14,
    });
  });

  it("T28 are switched off again, and the audit log says by whom", async () => {
    await edit("--trusted-browser-days", "1");
    expect(await shown()).to.match(/Trusted browsers +for 1 day\n/);
    expect(await edit("--trusted-browser-days", "off")).to.include({ trustedBrowserDays: null });
    expect(await shown()).to.match(/Trusted browsers +off/);
    const events = await asOwner<{ actor: string; days: number | null }>(
      here.database,
      `select actor, details -> 'trustedBrowserDays' as days from audit_events
       where type = 'office.changed' order by id desc limit 2`,
    );
    expect(events.map(({ actor }) => actor)).to.deep.equal(["command line", "command line"]);
  });

  it("T28 are refused for more days than thirty, or what is no number, and nothing is changed", async () => {
    await edit("--trusted-browser-days", "7");
    for (const days of ["0", "31", "for ever"]) {
      const { code, error } = await here.run([
        ...["office", "edit", "NOORD", `--trusted-browser-days=${days}`, "--json"],
      ]);
      expect(code, days).to.equal(1);
      const { faults } = JSON.parse(error) as { faults: { option: string }[] };
      expect(
        faults.map(({ option }) => option),
        days,
      ).to.deep.equal(["--trusted-browser-days"]);
    }
    expect(await shown()).to.match(/Trusted browsers +for 7 days/);
  });

  it("T28 end for a user, in every browser", async () => {
    await here.run(
      ["user", "add", "sanne", "--office", "NOORD", "--name", "Sanne", "--password-stdin"],
      "lantern-harbour-quiet-27\n",
    );
    await asOwner(
      here.database,
      `insert into trusted_browsers (home, id, office_id, user_id, hash, device, trusted_at, used_at, ends_at)
       select home_of(office_id), gen_random_uuid(), office_id, id, '\\x01', '{}', now(), now(), now() + interval '7 days' from users`,
    );
    const { out } = await here.run(["user", "end-trust", "sanne", "--office", "NOORD"]);
    expect(out).to.contain("sanne gives a code in every browser");
    expect(await asOwner(here.database, "select 1 from trusted_browsers")).to.deep.equal([]);
    expect(
      await asOwner(here.database, "select actor from audit_events where type = 'browser.trust-ended'"),
    ).to.deep.equal([{ actor: "command line" }]);
  });
});
