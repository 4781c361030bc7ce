import { expect } from "chai";
import { asOwner } from "../support/database.ts";
import { useInstallation } from "./installation.ts";

const ADD = [
  "app",
  "add",
  "--type",
  "web",
  "--name",
  "Cluster",
  "--redirect-uri",
  "https://cluster.example/cb",
];

describe("claims in the ID token, on the command line", function () {
  this.timeout(60_000);
  const here = useInstallation();

  it("are off until they are asked for, shown when they are on, and taken back", async () => {
    expect(await here.ask(ADD)).to.include({ idTokenClaims: false });
    const made = await here.ask([...ADD, "--id-token-claims"]);
    expect(made).to.include({ idTokenClaims: true });
    const id = String(made["clientId"]);
    expect((await here.run(["app", "show", id])).out).to.match(/Claims are in +the ID token and userinfo\n/);
    expect(await here.ask(["app", "edit", id, "--name", "Still"])).to.include({ idTokenClaims: true });
    expect(await here.ask(["app", "edit", id, "--no-id-token-claims"])).to.include({ idTokenClaims: false });
    expect((await here.run(["app", "show", id])).out).to.not.contain("Claims are in");
    const events = await asOwner<{ details: Record<string, string> }>(
      here.database,
      "select details from audit_events where type = 'application.changed' and subject = $1 order by id",
      [id],
    );
    expect(events.at(-1)?.details).to.include({ idTokenClaims: "true → false" });
  });
});
