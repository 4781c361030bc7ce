import { join } from "node:path";
import type { Client } from "./client.ts";
import { equal, jsonOf } from "./expectations.ts";
import { PERSON } from "./house.ts";
import { applicationOf, python } from "./toolchains.ts";

/**
 * A client whose application in Python answers with the user as JSON: `/` goes to sign in, `/callback` comes back, and `/refresh` asks
 * for the user with a new token.
 */
export const jsonApplication = (
  name: string,
  { version, switches }: Pick<Client, "version" | "switches">,
): Client => ({
  name,
  version,
  columns: ["sign-in", "claims", "refresh"],
  switches,
  prepare: async () => {
    await python(name);
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
    const program = stage.start([await python(name), "-u", join(applicationOf(name), "application.py")], {
      // Some write keys beside themselves.
      cwd: stage.place,
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
      const { name: called, email } = claims;
      equal({ called, email }, { called: PERSON.name, email: PERSON.mail }, "the person");
      return Promise.resolve();
    });
    await stage.check("refresh", async () => {
      equal(jsonOf(await browser.open(`${here}/refresh`))["name"], PERSON.name, "name after a refresh");
    });
  },
});
