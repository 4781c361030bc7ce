import { writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Client } from "../harness/client.ts";
import { equal } from "../harness/expectations.ts";
import { PERSON } from "../harness/house.ts";
import { refreshAt, signInAt, type Broker, type Held } from "../harness/relying-party.ts";
import type { Stage } from "../harness/stage.ts";
import { installed, programNamed } from "../harness/toolchains.ts";

const APPLICATION = {
  id: "application",
  secret: "a secret of this run",
  redirectUri: "http://127.0.0.1:9/callback",
};

/** YAML has JSON in it. */
const settings = ({ issuer, here, port }: Stage, client: { id: string; secret: string }) =>
  JSON.stringify({
    issuer: `${here}/dex`,
    storage: { type: "memory" },
    web: { http: `127.0.0.1:${String(port)}` },
    oauth2: { skipApprovalScreen: true },
    staticClients: [{ ...APPLICATION, name: "Application", redirectURIs: [APPLICATION.redirectUri] }],
    connectors: [
      {
        type: "oidc",
        id: "vestibule",
        name: "Vestibule",
        config: {
          issuer,
          clientID: client.id,
          clientSecret: client.secret,
          redirectURI: `${here}/dex/callback`,
          scopes: ["profile", "email", "offline_access"],
        },
      },
    ],
  });

export const dex: Client = {
  name: "dex",
  version: "2.45.1",
  columns: ["sign-in", "claims", "refresh"],
  switches:
    "claims in the ID token, at the registration (or `getUserInfo: true`); `offline_access` among the scopes",
  prepare: () => installed("dex", "github.com/dexidp/dex"),
  run: async (stage) => {
    const { here } = stage;
    const { id, secret } = await stage.register({
      redirectUris: [`${here}/dex/callback`],
      idTokenClaims: true,
    });
    const file = join(stage.place, "dex.yaml");
    writeFileSync(file, settings(stage, { id, secret: secret ?? "" }));
    const program = stage.start([programNamed("dex") ?? "", "serve", file]);
    await program.says(/listening on/);
    const broker: Broker = {
      authorize: `${here}/dex/auth`,
      token: `${here}/dex/token`,
      client: APPLICATION,
      redirectUri: APPLICATION.redirectUri,
    };
    let held: Held = { claims: {}, idToken: "", refreshToken: "" };
    await stage.check("sign-in", async () => {
      held = await signInAt(broker, stage.browser());
    });
    await stage.check("claims", () => {
      const { name, email } = held.claims;
      equal({ name, email }, { name: PERSON.name, email: PERSON.mail }, "the person");
      return Promise.resolve();
    });
    await stage.check("refresh", async () => {
      held = await refreshAt(broker, held);
      equal((await refreshAt(broker, held)).claims["name"], PERSON.name, "name after the second refresh");
    });
  },
};
