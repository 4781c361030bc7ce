import { setTimeout as wait } from "node:timers/promises";
import type { Client } from "../harness/client.ts";
import { equal, jsonOf, shows } from "../harness/expectations.ts";
import { PERSON } from "../harness/house.ts";
import { go, programNamed } from "../harness/toolchains.ts";

const VERSION = "7.15.6";
/** Tabs that come back at the same moment. */
const TABS = 4;

export const oauth2Proxy: Client = {
  name: "oauth2-proxy",
  version: VERSION,
  columns: ["sign-in", "claims", "refresh", "sign-out"],
  switches:
    '`code_challenge_method = "S256"`: by default it sends neither PKCE nor a nonce; scope with `offline_access` for `cookie_refresh`',
  prepare: () => go(`github.com/oauth2-proxy/oauth2-proxy/v7@v${VERSION}`, "oauth2-proxy"),
  run: async (stage) => {
    const { here, issuer } = stage;
    const { id, secret } = await stage.register({
      redirectUris: [`${here}/oauth2/callback`],
      postLogoutRedirectUris: [`${here}/`],
    });
    const settings = {
      provider: "oidc",
      "oidc-issuer-url": issuer,
      "client-id": id,
      "client-secret": secret ?? "",
      "redirect-url": `${here}/oauth2/callback`,
      "http-address": `127.0.0.1:${String(stage.port)}`,
      "cookie-secret": "0123456789abcdef0123456789abcdef",
      "cookie-secure": "false",
      "cookie-refresh": "1s",
      "email-domain": "*",
      "code-challenge-method": "S256",
      scope: "openid profile email groups offline_access",
      upstream: "static://200",
      "skip-provider-button": "true",
      "whitelist-domain": new URL(issuer).host,
    };
    const flags = Object.entries(settings).map(([name, value]) => `--${name}=${value}`);
    const program = stage.start([programNamed("oauth2-proxy") ?? "", ...flags]);
    await program.says(/OAuthProxy configured/);
    const browser = stage.browser();
    await stage.check("sign-in", async () => {
      const shown = await browser.open(`${here}/`);
      shows(shown, "Authenticated");
      equal(shown.url.startsWith(here), true, "where it ends");
    });
    await stage.check("claims", async () => {
      const { user, email, groups } = jsonOf(await browser.send("GET", `${here}/oauth2/userinfo`));
      const wanted = { user: stage.house.person.id, email: PERSON.mail, groups: ["PLAIN", "PLAIN:user"] };
      equal({ user, email, groups }, wanted, "the person");
    });
    await stage.check("refresh", async () => {
      const { recorder } = stage.house;
      for (let round = 0; round < 2; round += 1) {
        // Its cookie counts in seconds.
        await wait(2_100);
        const before = recorder.heard.length;
        const tabs = Array.from({ length: TABS }, () => browser.send("GET", `${here}/oauth2/auth`));
        const statuses = (await Promise.all(tabs)).map(({ status }) => status);
        equal(
          statuses,
          statuses.map(() => 202),
          "statuses of the tabs",
        );
        const refreshes = recorder.heard
          .slice(before)
          .filter(({ form }) => form["grant_type"] === "refresh_token");
        equal(refreshes.length > 0, true, "a refresh");
        equal(
          refreshes.map(({ status }) => status),
          refreshes.map(() => 200),
          "statuses of the refreshes",
        );
      }
    });
    await stage.check("sign-out", async () => {
      const query = `post_logout_redirect_uri=${encodeURIComponent(`${here}/`)}`;
      const leave = encodeURIComponent(`${issuer}/sign-out?id_token_hint={id_token}&${query}`);
      const another = stage.browser();
      await another.open(`${here}/`);
      const shown = await another.open(`${here}/oauth2/sign_out?rd=${leave}`, `${here}/`);
      equal(shown.location.replace(/\?.*/, ""), `${here}/`, "where it ends");
      await stage.expectSignedOut(another);
    });
  },
};
