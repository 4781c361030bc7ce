import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect } from "chai";
import { exportJWK } from "jose";
import { asOwner } from "../support/database.ts";
import { makeKeys } from "../support/key-client.ts";
import { useInstallation } from "./installation.ts";

const BASE = "https://www.certification.openid.net/test/a/ours";

describe("a plan of the conformance suite on the command line", () => {
  const here = useInstallation();

  const plan = (content: unknown) => {
    const file = join(here.directory, "plan.json");
    writeFileSync(file, JSON.stringify(content));
    return file;
  };

  interface Filled {
    readonly alias: string;
    readonly server: { discoveryUrl: string };
    readonly client: { client_id: string; client_secret?: string; jwks?: { keys: object[] } };
    readonly client2: { client_id: string };
    readonly browser?: unknown;
  }
  const ask = async (words: readonly string[]) => (await here.ask(words)) as unknown as Filled;

  it("is registered in one command, and printed filled in with everything else as it was", async () => {
    const file = plan({ alias: "ours", browser: [{ match: "x" }], client: {}, client2: {} });
    const filled = await ask(["app", "import", file]);
    expect(filled.client.client_id).to.match(/^app_/).and.not.equal(filled.client2.client_id);
    expect(filled.client.client_secret).to.be.a("string");
    expect(filled.server.discoveryUrl).to.match(/\/\.well-known\/openid-configuration$/);
    expect(filled.browser).to.deep.equal([{ match: "x" }]);
    expect(await here.ask(["app", "show", filled.client.client_id])).to.deep.include({
      redirectUris: [`${BASE}/callback`],
      postLogoutRedirectUris: [`${BASE}/post_logout_redirect`],
      backchannelLogoutUri: `${BASE}/backchannel_logout`,
    });
  });

  it("keeps the public halves of its keys alone", async () => {
    const jwks = async () => ({
      keys: [{ ...(await exportJWK((await makeKeys()).privateKey)), alg: "ES256", use: "sig" }],
    });
    const file = plan({ alias: "ours", client: { jwks: await jwks() }, client2: { jwks: await jwks() } });
    const filled = await ask(["app", "import", file, "--fapi", "--suite", "https://suite.test"]);
    expect(filled.client.jwks?.keys[0], "the suite's own copy").to.have.property("d");
    const second = await here.ask(["app", "show", filled.client2.client_id]);
    expect(second).to.include({ fapi: true, authentication: "private_key_jwt" });
    expect(second["redirectUris"]).to.deep.equal([
      "https://suite.test/test/a/ours/callback?dummy1=lorem&dummy2=ipsum",
    ]);
    const rows = await asOwner(here.database, "select settings from applications");
    expect(JSON.stringify(rows)).to.contain('"crv"').and.not.contain('"d"');
  });

  it("is refused whole when something is wrong with it", async () => {
    const count = async () => (await asOwner(here.database, "select from applications")).length;
    const before = await count();
    for (const words of [
      ["app", "import", plan({ alias: "a/../b" })],
      ["app", "import", plan({ alias: "ours" }), "--fapi"],
      ["app", "import", plan([])],
      ["app", "import", "/nowhere.json"],
    ]) {
      expect((await here.run(words)).code, words.join(" ")).to.equal(1);
    }
    expect(await count()).to.equal(before);
  });
});
