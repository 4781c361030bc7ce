import { expect } from "chai";
import { useInstallation } from "./installation.ts";

const ADDED = ["app", "add", "--name", "Ledger", "--redirect-uri", "https://ledger.example.com/callback"];
const ROTATING = "Refresh tokens replaced at each use; the old one is good for 10 s more";

describe("refresh tokens of applications on the command line", () => {
  const here = useInstallation();

  it("stay the same for a web application, until it asks for replacement, and again afterwards", async () => {
    const { clientId } = await here.ask([...ADDED, "--type", "web"]);
    const shown = async () => (await here.run(["app", "show", String(clientId)])).out.replace(/ +/g, " ");
    expect(await shown()).to.contain("Refresh tokens stay the same");
    const changed = await here.ask(["app", "edit", String(clientId), "--rotate-refresh-tokens"]);
    expect(changed["rotateRefreshTokens"]).to.equal(true);
    expect(await shown()).to.contain(ROTATING);
    await here.ask(["app", "edit", String(clientId), "--no-rotate-refresh-tokens"]);
    expect(await shown()).to.contain("Refresh tokens stay the same");
  });

  it("are replaced for a single-page application, and a machine has none", async () => {
    const { out } = await here.run([...ADDED, "--type", "browser"]);
    expect(out.replace(/ +/g, " ")).to.contain(ROTATING);
    const machine = ["app", "add", "--name", "Export", "--type", "machine"];
    expect((await here.run(machine)).out).to.not.contain("Refresh tokens");
    const { code, error } = await here.run([...machine, "--rotate-refresh-tokens"]);
    expect([code, error]).to.satisfy(
      ([status, text]: [number, string]) => status === 1 && text.includes("machine"),
    );
  });
});
