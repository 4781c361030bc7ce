import { join } from "node:path";
import type { Client } from "../harness/client.ts";
import { equal, jsonOf } from "../harness/expectations.ts";
import { PERSON } from "../harness/house.ts";
import { applicationOf, python } from "../harness/toolchains.ts";

const NAME = "social-auth-app-django";

export const socialAuthAppDjango: Client = {
  name: NAME,
  version: "8.0.0",
  // Its sign-out ends its own session only.
  columns: ["sign-in", "claims", "refresh"],
  switches: '`SOCIAL_AUTH_OIDC_SCOPE = ["offline_access"]` for refresh tokens',
  prepare: async () => {
    await python(NAME);
  },
  run: async (stage) => {
    const { here } = stage;
    const { id, secret } = await stage.register({ redirectUris: [`${here}/complete/oidc/`] });
    const environment = {
      ISSUER: stage.issuer,
      CLIENT_ID: id,
      CLIENT_SECRET: secret ?? "",
      PORT: String(stage.port),
    };
    const program = stage.start([await python(NAME), "-u", join(applicationOf(NAME), "application.py")], {
      environment,
    });
    await program.says(/Starting development server/);
    const browser = stage.browser();
    await stage.check("sign-in", async () => {
      const shown = await browser.submit({ action: `${here}/login/oidc/`, method: "post", fields: {} });
      equal(jsonOf(shown)["uid"], stage.house.person.id, "uid");
    });
    await stage.check("claims", async () => {
      const { name, email } = jsonOf(await browser.open(`${here}/person`));
      equal({ name, email }, { name: PERSON.name, email: PERSON.mail }, "the person");
    });
    await stage.check("refresh", async () => {
      equal(typeof jsonOf(await browser.open(`${here}/refresh`))["token"], "string", "token");
    });
  },
};
