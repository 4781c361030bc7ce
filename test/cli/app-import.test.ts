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

  interface Client {
    readonly client_id: string;
    readonly client_secret?: string;
    readonly scope?: string;
    readonly jwks?: { keys: Record<string, unknown>[] };
  }
  interface Filled {
    readonly alias: string;
    readonly server: { discoveryUrl: string };
    readonly client: Client;
    readonly client2: Client;
    readonly client_secret_post?: Client;
    readonly resource?: { resourceUrl: string };
    readonly browser?: unknown;
  }
  const ask = async (words: readonly string[]) => (await here.ask(words)) as unknown as Filled;
  const show = ({ client_id }: Client) => here.ask(["app", "show", client_id]);

  it("is registered in one command, and printed filled in with everything else as it was", async () => {
    const file = plan({ alias: "ours", browser: [{ match: "x" }], client: { comment: "kept" } });
    const filled = await ask(["app", "import", file, "--plan", "basic"]);
    const clients = [filled.client, filled.client2, filled.client_secret_post];
    expect(new Set(clients.map((client) => client?.client_id)).size).to.equal(3);
    expect(clients.every((client) => typeof client?.client_secret === "string")).to.equal(true);
    expect(filled.client).to.include({ comment: "kept" });
    expect(filled.server.discoveryUrl).to.match(/\/\.well-known\/openid-configuration$/);
    expect(filled.browser).to.deep.equal([{ match: "x" }]);
    expect(await show(filled.client)).to.deep.include({
      redirectUris: [`${BASE}/callback`],
      // The plan's modules send no code_challenge, and one of them no nonce.
      withoutPkce: true,
      postLogoutRedirectUris: [],
      backchannelLogoutUri: null,
    });
  });

  it("needs no file", async () => {
    const filled = await ask(["app", "import", "--plan", "form-post", "--alias", "mine"]);
    expect(filled.alias).to.equal("mine");
    expect((await show(filled.client))["redirectUris"]).to.deep.equal([
      "https://www.certification.openid.net/test/a/mine/callback",
    ]);
  });

  it("gets of the addresses what its plan uses, and no more", async () => {
    const left = await ask(["app", "import", "--plan", "rp-logout", "--alias", "ours"]);
    expect(await show(left.client)).to.deep.include({
      postLogoutRedirectUris: [`${BASE}/post_logout_redirect`],
      backchannelLogoutUri: null,
    });
    const notified = await ask(["app", "import", "--plan", "back-channel", "--alias", "ours"]);
    expect(await show(notified.client)).to.deep.include({
      postLogoutRedirectUris: [`${BASE}/post_logout_redirect`],
      backchannelLogoutUri: `${BASE}/backchannel_logout`,
    });
    const alone = await ask(["app", "import", "--plan", "config", "--alias", "ours"]);
    expect(alone).to.not.have.any.keys("client", "client2");
  });

  it("of FAPI 2.0 gets keys, a scope with refresh tokens and a resource, all in what is printed", async () => {
    for (const [name, signedRequests] of [
      ["fapi2", false],
      ["fapi2-signing", true],
    ] as const) {
      const filled = await ask(["app", "import", "--plan", name, "--alias", "ours"]);
      const { client, client2 } = filled;
      expect(client.jwks?.keys[0]).to.include.keys("d", "kid").and.to.include({ alg: "ES256" });
      expect(client2.jwks?.keys[0]?.["kid"]).to.be.a("string").and.not.equal(client.jwks?.keys[0]?.["kid"]);
      expect(client.scope?.split(" ")).to.include.members(["openid", "offline_access"]);
      expect(filled.resource?.resourceUrl).to.match(/\/userinfo$/);
      expect(await show(client)).to.include({ fapi: true, signedRequests, withoutPkce: false });
    }
  });

  it("keeps the public halves of its keys alone", async () => {
    const jwks = async () => ({
      keys: [{ ...(await exportJWK((await makeKeys()).privateKey)), alg: "ES256", use: "sig" }],
    });
    const file = plan({ alias: "ours", client: { jwks: await jwks() }, client2: { jwks: await jwks() } });
    const filled = await ask(["app", "import", file, "--plan", "fapi2", "--suite", "https://suite.test"]);
    expect(filled.client.jwks?.keys[0], "the suite's own copy").to.have.property("d");
    const second = await show(filled.client2);
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
      ["app", "import", plan({ alias: "a/../b" }), "--plan", "basic"],
      ["app", "import", plan({ alias: "ours" })],
      ["app", "import", plan({ alias: "ours" }), "--plan", "hybrid"],
      ["app", "import", plan({ alias: "ours", client: { jwks: { keys: [{}] } } }), "--plan", "fapi2"],
      ["app", "import", plan([]), "--plan", "basic"],
      ["app", "import", "--plan", "basic"],
      ["app", "import", "/nowhere.json", "--plan", "basic"],
    ]) {
      expect((await here.run(words)).code, words.join(" ")).to.equal(1);
    }
    expect(await count()).to.equal(before);
  });
});
