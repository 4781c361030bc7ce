import { expect } from "chai";
import { asOwner } from "../support/database.ts";
import { useInstallation } from "./installation.ts";

describe("an application on the command line", () => {
  const here = useInstallation();

  it("is shown with its last refused requests", async () => {
    const ledger = ["app", "add", "--type", "web", "--name", "Ledger", "--redirect-uri", "https://a.test/"];
    const { clientId } = await here.ask(ledger);
    const show = ["app", "show", String(clientId)];
    expect((await here.run(show)).out).to.not.contain("Last refused requests");
    await asOwner(
      here.database,
      `insert into application_refusals (home, application_id, kind, endpoint, error, description, detail, refused_at)
       values (0, $1, 'one', '/token', 'invalid_grant', 'code is used: begin a new one', 'code already used', now())`,
      [clientId],
    );
    const { out } = await here.run(show);
    for (const part of [
      "Last refused requests",
      "/token: invalid_grant",
      "begin a new one",
      "code already used",
    ]) {
      expect(out).to.contain(part);
    }
    expect((await here.ask(show))["refusals"]).to.have.lengthOf(1);
  });
});
