import { expect } from "chai";
import { asOwner } from "../support/database.ts";
import { useInstallation } from "./installation.ts";

describe("vestibule scim", function () {
  this.timeout(30_000);
  const here = useInstallation();
  before(() => here.ask(["office", "add", "NOORD", "--name", "Noord"]));

  const eventsOf = async () =>
    (
      await asOwner<{ type: string }>(
        here.database,
        "select type from audit_events where actor = 'command line' and type like 'scim.%' order by at, id",
      )
    ).map(({ type }) => type);

  it("T227 makes a token and prints it once, lists it without it, and ends it", async () => {
    expect((await here.run(["scim", "list", "noord"])).out).to.equal(
      "No token: the office NOORD has no directory.\n",
    );
    const made = await here.ask(["scim", "make-token", "noord"]);
    expect(made["address"]).to.match(/\/scim\/v2$/);
    expect(made["token"]).to.match(/^[\w-]{64}$/);
    const { out } = await here.run(["scim", "make-token", "NOORD"]);
    expect(out).to.match(
      /Token {5}[\w-]{64} {3}\(shown only now\)\nThe one before stays valid for a day\.\n$/,
    );
    const listed = await here.run(["scim", "list", "NOORD"]);
    expect(listed.out.trimEnd().split("\n")).to.have.length(3);
    expect(listed.out).to.contain("never").and.not.contain(String(made["token"]));
    expect(await here.ask(["scim", "end-tokens", "NOORD", "--replaced"])).to.deep.equal({ ended: true });
    expect(await here.ask(["scim", "list", "NOORD"])).to.have.length(1);
    expect(await here.ask(["scim", "end-tokens", "NOORD"])).to.deep.equal({ ended: true });
    expect((await here.run(["scim", "end-tokens", "NOORD"])).out).to.equal("There was none to end.\n");
    expect(await eventsOf()).to.deep.equal([
      ...["scim.token-made", "scim.token-replaced", "scim.token-ended", "scim.token-ended"],
    ]);
  });

  it("names an office that there is not", async () => {
    const { code, error } = await here.run(["scim", "make-token", "NERGENS"]);
    expect({ code, error }).to.deep.equal({
      code: 1,
      error: 'There is no office NERGENS. "npx vestibule office list" shows all of them.\n',
    });
  });
});
