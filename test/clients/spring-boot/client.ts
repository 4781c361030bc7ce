import { join } from "node:path";
import { eventually } from "../../support/eventually.ts";
import type { Client } from "../harness/client.ts";
import { equal, jsonOf, shows } from "../harness/expectations.ts";
import { PERSON } from "../harness/house.ts";
import { formsOf } from "../../support/page-forms.ts";
import { machineToken, SCOPE } from "../harness/resource-server.ts";
import type { Stage } from "../harness/stage.ts";
import { maven } from "../harness/toolchains.ts";
import type { Walker } from "../harness/walker.ts";

/** Requests of one browser that come back at the same moment. */
const TABS = 4;

const build = (boot: string) => maven("spring-boot", `spring-boot-${boot}`, [`-Dboot.version=${boot}`]);

async function start(
  stage: Stage,
  { boot, profile, settings }: { boot: string; profile: string; settings: Readonly<Record<string, string>> },
): Promise<void> {
  const given = {
    issuer: stage.issuer,
    "server.port": String(stage.port),
    "spring.profiles.active": profile,
  };
  const words = Object.entries({ ...given, ...settings }).map(([name, value]) => `--${name}=${value}`);
  const archive = join(await build(boot), "target", "application.jar");
  const options = ["-XX:TieredStopAtLevel=1", "-Xmx256m"];
  stage.start(["java", ...options, "-jar", archive, ...words]);
  const answers = () => fetch(`${stage.here}/invoices`, { redirect: "manual" }).catch(() => null);
  await eventually(answers, (answer) => answer !== null, { seconds: 90 });
}

/** A page that only a person who is signed in gets as JSON. */
const isSignedIn = async (browser: Walker, here: string): Promise<boolean> =>
  (await browser.send("GET", `${here}/person`)).status === 200;

const springClient = (boot: string): Client => ({
  name: `spring-boot-${boot.slice(0, 3)}-client`,
  version: boot,
  columns: ["sign-in", "claims", "refresh", "sign-out", "back-channel"],
  switches: "sign-out and back-channel have to be asked for (one bean)",
  prepare: async () => {
    await build(boot);
  },
  run: async (stage) => {
    const { here } = stage;
    const { id, secret } = await stage.register({
      redirectUris: [`${here}/login/oauth2/code/vestibule`],
      postLogoutRedirectUris: [`${here}/bye`],
      backchannelLogoutUri: `${here}/logout/connect/back-channel/vestibule`,
    });
    const settings = { "client.id": id, "client.secret": secret ?? "" };
    await start(stage, { boot, profile: "client", settings });
    const browser = stage.browser();
    let person: Record<string, unknown> = {};
    await stage.check("sign-in", async () => {
      person = jsonOf(await browser.open(`${here}/person`));
      equal(person["key"], stage.house.person.id, "the key of the user");
    });
    await stage.check("claims", () => {
      const { name, email } = person;
      equal({ name, email }, { name: PERSON.name, email: PERSON.mail }, "the person");
      return Promise.resolve();
    });
    await stage.check("refresh", async () => {
      for (let round = 0; round < 2; round += 1) {
        const tabs = Array.from({ length: TABS }, () => browser.send("GET", `${here}/refresh`));
        const statuses = (await Promise.all(tabs)).map(({ status }) => status);
        equal(
          statuses,
          statuses.map(() => 200),
          "statuses of the refreshes",
        );
      }
    });
    await stage.check("sign-out", async () => {
      const page = await browser.open(`${here}/logout`);
      const form = formsOf(page.body, page.url).find(({ action }) => action === `${here}/logout`);
      shows(await browser.submit(form ?? { action: page.url, method: "get", fields: {} }), "Signed out.");
      await stage.expectSignedOut(browser);
    });
    await stage.check("back-channel", async () => {
      const another = stage.browser();
      jsonOf(await another.open(`${here}/person`));
      await another.open(`${stage.issuer}/sign-out`);
      await eventually(
        () => isSignedIn(another, here),
        (signedIn) => !signedIn,
        { seconds: 30 },
      );
    });
  },
});

const springResourceServer = (boot: string, tokens: "jwt" | "opaque"): Client => ({
  name: `spring-boot-${boot.slice(0, 3)}-${tokens}`,
  version: boot,
  columns: ["sign-in", "claims"],
  switches: tokens === "jwt" ? "a `JwtDecoder` that takes `typ: at+jwt`: its default takes `JWT` alone" : "–",
  prepare: async () => {
    await build(boot);
  },
  run: async (stage) => {
    const { server, resource, id, ask } = await machineToken(stage, tokens);
    const own = { "client.id": server.id, "client.secret": server.secret ?? "" };
    await start(stage, { boot, profile: tokens, settings: tokens === "jwt" ? { resource } : own });
    const call = (token: string) =>
      stage.browser().send("GET", `${stage.here}/invoices`, "", { authorization: `Bearer ${token}` });
    await stage.check("sign-in", async () => {
      const { status, headers } = await call(await ask({}));
      equal(status, 200, `status of the API, which said ${String(headers["www-authenticate"])}`);
      equal((await call("eyJhbGciOiJub25lIn0.e30.")).status, 401, "status with a forged token");
    });
    await stage.check("claims", async () => {
      const said = jsonOf(await call(await ask({})));
      equal(said, { sub: id, granted: [`SCOPE_${SCOPE}`] }, "what the token says");
    });
  },
});

const GENERATIONS = ["3.5.7", "4.1.2"];

export const springBoot: readonly Client[] = GENERATIONS.flatMap((boot) => [
  springClient(boot),
  springResourceServer(boot, "jwt"),
  springResourceServer(boot, "opaque"),
]);
