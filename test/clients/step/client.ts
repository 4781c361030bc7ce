import { claimsOf } from "../../support/relying-party.ts";
import type { Client } from "../harness/client.ts";
import { equal } from "../harness/expectations.ts";
import { PERSON } from "../harness/house.ts";
import { go, programNamed } from "../harness/toolchains.ts";

const VERSION = "0.28.7";

export const step: Client = {
  name: "step",
  version: VERSION,
  columns: ["sign-in", "claims"],
  switches: "claims in the ID token, at the registration: step-ca reads nothing else; https only",
  needsHttps: true,
  prepare: () => go(`github.com/smallstep/cli/cmd/step@v${VERSION}`, "step"),
  run: async (stage) => {
    const { id } = await stage.register({
      type: "native",
      redirectUris: ["http://127.0.0.1"],
      idTokenClaims: true,
    });
    const provider = `--provider=${stage.issuer}/.well-known/openid-configuration`;
    const words = ["oauth", provider, `--client-id=${id}`, "--oidc", "--bare"];
    // Without a program that opens addresses it prints where to go.
    const environment = { PATH: stage.place, STEPPATH: stage.place };
    const program = stage.start([programNamed("step") ?? "", ...words], { environment });
    let claims: Record<string, unknown> = {};
    await stage.check("sign-in", async () => {
      const [url] = await program.says(new RegExp(`${stage.issuer}/\\S+`));
      await stage.browser().open(url);
      const [token] = await program.says(/^ey\S+$/m);
      claims = claimsOf(token);
      equal(claims["sub"], stage.house.person.id, "sub");
    });
    await stage.check("claims", () => {
      equal(claims["email"], PERSON.mail, "email in the ID token");
      return Promise.resolve();
    });
  },
};
