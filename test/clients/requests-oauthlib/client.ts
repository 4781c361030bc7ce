import { join } from "node:path";
import type { Client } from "../harness/client.ts";
import { equal, jsonOf } from "../harness/expectations.ts";
import { PERSON } from "../harness/house.ts";
import { applicationOf, python } from "../harness/toolchains.ts";

const NAME = "requests-oauthlib";

export const requestsOauthlib: Client = {
  name: NAME,
  version: "2.0.0",
  columns: ["sign-in", "claims", "refresh"],
  switches: '`pkce="S256"`: by default it sends neither PKCE nor a nonce',
  prepare: async () => {
    await python(NAME);
  },
  run: async (stage) => {
    const { here } = stage;
    const { id, secret } = await stage.register({ redirectUris: [`${here}/callback`] });
    const environment = {
      ISSUER: stage.issuer,
      CLIENT_ID: id,
      CLIENT_SECRET: secret ?? "",
      PORT: String(stage.port),
    };
    const program = stage.start([await python(NAME), "-u", join(applicationOf(NAME), "application.py")], {
      environment,
    });
    await program.says(/listening/);
    const browser = stage.browser();
    let claims: Record<string, unknown> = {};
    await stage.check("sign-in", async () => {
      claims = jsonOf(await browser.open(`${here}/`));
      equal(claims["sub"], stage.house.person.id, "sub");
    });
    await stage.check("claims", () => {
      const { name, email } = claims;
      equal({ name, email }, { name: PERSON.name, email: PERSON.mail }, "the person");
      return Promise.resolve();
    });
    await stage.check("refresh", async () => {
      equal(jsonOf(await browser.open(`${here}/refresh`))["name"], PERSON.name, "name after a refresh");
    });
  },
};
