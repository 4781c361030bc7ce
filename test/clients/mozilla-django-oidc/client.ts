import { join } from "node:path";
import { setTimeout as wait } from "node:timers/promises";
import type { Client } from "../harness/client.ts";
import { equal, jsonOf, shows } from "../harness/expectations.ts";
import { PERSON } from "../harness/house.ts";
import { formsOf } from "../../support/page-forms.ts";
import { applicationOf, python } from "../harness/toolchains.ts";

const NAME = "mozilla-django-oidc";

export const mozillaDjangoOidc: Client = {
  name: NAME,
  version: "5.0.2",
  columns: ["sign-in", "claims", "refresh", "sign-out"],
  switches: '`OIDC_RP_SIGN_ALGO = "RS256"`: its own default is HS256 with the client secret',
  prepare: async () => {
    await python(NAME);
  },
  run: async (stage) => {
    const { here } = stage;
    const { id, secret } = await stage.register({
      redirectUris: [`${here}/oidc/callback/`],
      postLogoutRedirectUris: [`${here}/`],
    });
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
    let expires = 0;
    await stage.check("sign-in", async () => {
      expires = Number(jsonOf(await browser.open(`${here}/person`))["expires"]);
    });
    await stage.check("claims", async () => {
      equal(jsonOf(await browser.open(`${here}/person`))["email"], PERSON.mail, "email");
    });
    await stage.check("refresh", async () => {
      // The library counts in seconds, and asks without a page when its own time is over.
      await wait(2_100);
      const again = jsonOf(await browser.open(`${here}/person`));
      equal(Number(again["expires"]) > expires, true, "a later end of the session");
      const silent = stage.house.recorder.heard.filter(({ query }) => query["prompt"] === "none");
      equal(silent.length > 0, true, "a sign-in with prompt=none");
    });
    await stage.check("sign-out", async () => {
      const [form] = formsOf((await browser.open(`${here}/`)).body, `${here}/`);
      equal(form?.action, `${here}/oidc/logout/`, "the form that signs out");
      const left = form === undefined ? null : await browser.submit(form);
      shows(left ?? { body: "", url: here, status: 0 }, "Signed out.");
      equal(left?.url, `${here}/`, "where it ends");
      await stage.expectSignedOut(browser);
    });
  },
};
