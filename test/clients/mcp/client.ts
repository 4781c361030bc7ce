import { join } from "node:path";
import type { Client } from "../harness/client.ts";
import { equal } from "../harness/expectations.ts";
import { npm } from "../harness/toolchains.ts";

const SCOPE = "mcp:use";

export const mcp: Client = {
  name: "mcp",
  version: "SDK 1.32.2",
  columns: ["sign-in", "claims", "refresh"],
  switches: "the server names its scopes in its metadata; the client has its id given",
  prepare: async () => {
    await npm("mcp");
  },
  run: async (stage) => {
    const resource = `${stage.here}/mcp`;
    const { id } = await stage.register({
      type: "native",
      redirectUris: ["http://127.0.0.1/callback"],
      resources: [resource],
    });
    await stage.register({
      type: "machine",
      redirectUris: [],
      firstParty: false,
      resourceIdentifier: resource,
      resourceScopes: [SCOPE],
    });
    const environment = { ISSUER: stage.issuer, CLIENT_ID: id, PORT: String(stage.port) };
    const program = stage.start([process.execPath, join(await npm("mcp"), "application.js")], {
      environment,
    });
    await stage.check("sign-in", async () => {
      const [, url = ""] = await program.says(/^open (\S+)$/m);
      await stage.browser().open(url);
      const [, sub] = await program.says(/^sub (\S+)$/m);
      equal(sub, stage.house.person.id, "whom the server saw");
    });
    await stage.check("claims", () => {
      const asked = stage.house.recorder.heard.find(({ path }) => path === "/authorize");
      equal(asked?.query["scope"]?.split(" ").includes(SCOPE), true, "the scope of the server");
      return Promise.resolve();
    });
    await stage.check("refresh", async () => {
      const [, isNew, answers] = await program.says(/^refreshed (\w+) (\d+)$/m);
      equal([isNew, answers], ["true", "1"], "a new token, and one answer for all");
    });
  },
};
