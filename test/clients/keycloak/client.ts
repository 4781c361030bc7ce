import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { eventually } from "../../support/eventually.ts";
import type { Client } from "../harness/client.ts";
import { equal } from "../harness/expectations.ts";
import { PERSON } from "../harness/house.ts";
import { refreshAt, signInAt, type Broker, type Held } from "../harness/relying-party.ts";
import type { Stage } from "../harness/stage.ts";
import { mavenDistribution } from "../harness/toolchains.ts";

const VERSION = "26.7.3";
const REALM = "applications";
const APPLICATION = {
  id: "application",
  secret: "a secret of this run",
  redirectUri: "http://127.0.0.1:9/callback",
};

const home = async () =>
  join(
    await mavenDistribution(`org.keycloak:keycloak-quarkus-dist:${VERSION}:zip`, `keycloak-${VERSION}`),
    `keycloak-${VERSION}`,
  );

/** What the console of Keycloak makes of the discovery document, with its defaults. */
const realm = ({ issuer }: Stage, client: { id: string; secret: string }) => ({
  realm: REALM,
  enabled: true,
  sslRequired: "none",
  clients: [
    {
      clientId: APPLICATION.id,
      secret: APPLICATION.secret,
      redirectUris: [APPLICATION.redirectUri],
      attributes: { "post.logout.redirect.uris": APPLICATION.redirectUri },
    },
  ],
  identityProviders: [
    {
      alias: "vestibule",
      providerId: "oidc",
      enabled: true,
      config: {
        issuer,
        authorizationUrl: `${issuer}/authorize`,
        tokenUrl: `${issuer}/token`,
        userInfoUrl: `${issuer}/userinfo`,
        logoutUrl: `${issuer}/sign-out`,
        jwksUrl: `${issuer}/jwks`,
        useJwksUrl: "true",
        validateSignature: "true",
        clientAuthMethod: "client_secret_post",
        clientId: client.id,
        clientSecret: client.secret,
        defaultScope: "openid profile email",
      },
    },
  ],
});

async function start(stage: Stage, client: { id: string; secret: string }): Promise<void> {
  const place = await home();
  const imported = join(place, "data", "import");
  mkdirSync(imported, { recursive: true });
  writeFileSync(join(imported, `${REALM}-realm.json`), JSON.stringify(realm(stage, client)));
  const port = String(stage.port);
  const words = ["start-dev", "--import-realm", "--db=dev-mem", "--cache=local", "--http-host=127.0.0.1"];
  const management = `--http-management-port=${String(stage.port + 1)}`;
  const environment = { JAVA_OPTS_KC_HEAP: "-Xms64m -Xmx512m" };
  const program = stage.start([join(place, "bin", "kc.sh"), ...words, `--http-port=${port}`, management], {
    environment,
  });
  await program.says(/Listening on:/, 300);
}

export const keycloak: Client = {
  name: "keycloak",
  version: VERSION,
  // It keeps Vestibule's tokens and asks for no new ones.
  columns: ["sign-in", "claims", "sign-out", "back-channel"],
  switches: "default scope `openid profile email`",
  prepare: async () => {
    await home();
  },
  run: async (stage) => {
    const own = `${stage.here}/realms/${REALM}`;
    const { id, secret } = await stage.register({
      redirectUris: [`${own}/broker/vestibule/endpoint`],
      postLogoutRedirectUris: [`${own}/broker/vestibule/endpoint/logout_response`],
      backchannelLogoutUri: `${own}/protocol/openid-connect/logout/backchannel-logout`,
    });
    await start(stage, { id, secret: secret ?? "" });
    const endpoints = `${own}/protocol/openid-connect`;
    const broker: Broker = {
      authorize: `${endpoints}/auth`,
      token: `${endpoints}/token`,
      client: APPLICATION,
      redirectUri: APPLICATION.redirectUri,
    };
    const ask = { kc_idp_hint: "vestibule", scope: "openid profile email" };
    const browser = stage.browser();
    let held: Held = { claims: {}, idToken: "", refreshToken: "" };
    await stage.check("sign-in", async () => {
      held = await signInAt(broker, browser, ask);
    });
    await stage.check("claims", () => {
      const { name, email } = held.claims;
      equal({ name, email }, { name: PERSON.name, email: PERSON.mail }, "the person");
      return Promise.resolve();
    });
    await stage.check("sign-out", async () => {
      const query = new URLSearchParams({
        id_token_hint: held.idToken,
        post_logout_redirect_uri: broker.redirectUri,
      });
      const shown = await browser.open(`${endpoints}/logout?${query.toString()}`, broker.redirectUri);
      equal(shown.location.startsWith(broker.redirectUri), true, `the way back, from ${shown.url}`);
      await stage.expectSignedOut(browser);
    });
    await stage.check("back-channel", async () => {
      const another = stage.browser();
      held = await signInAt(broker, another, ask);
      await another.open(`${stage.issuer}/sign-out`);
      const isAlive = () =>
        refreshAt(broker, held).then(
          () => true,
          () => false,
        );
      await eventually(isAlive, (alive) => !alive, { seconds: 30, everyMs: 1_000 });
    });
  },
};
