import { expect } from "chai";
import { useInstallation } from "./installation.ts";

describe("the support contact on the command line", () => {
  const here = useInstallation();

  before(async () => {
    await here.ask(["office", "add", "NOORD", "--name", "Noord"]);
  });

  const edit = (...options: string[]) => here.ask(["office", "edit", "NOORD", ...options]);
  const shown = async () => (await here.run(["office", "show", "NOORD"])).out;

  it("of an office is given part by part, and taken away by none", async () => {
    expect(await shown()).to.match(/Support contact +as the installation/);
    await edit("--support-phone", "+31 20 123 45 67", "--support-hours", "Mon-Fri");
    const support = { mail: "help@noord.example", phone: "+31 20 123 45 67", url: null, hours: "Mon-Fri" };
    expect(await edit("--support-email", "help@noord.example")).to.deep.include({ support });
    expect(await shown()).to.match(/Support contact +help@noord\.example, \+31 20 123 45 67, Mon-Fri/);
    const without = ["--support-phone", "none", "--support-email", "none", "--support-hours", "none"];
    expect(await edit(...without)).to.include({ support: null });
  });

  it("is refused where it cannot be called, written to or opened", async () => {
    const wrong = ["--support-phone=call us", "--support-email=nobody", "--support-url=http://help.example"];
    const { code, error } = await here.run(["office", "edit", "NOORD", ...wrong, "--json"]);
    const { faults } = JSON.parse(error) as { faults: { option: string }[] };
    expect(code).to.equal(1);
    expect(faults.map(({ option }) => option)).to.have.members([
      ...["--support-phone", "--support-email", "--support-url"],
    ]);
  });
});
