import { claimsOf } from "../../support/relying-party.ts";
import type { Client } from "../harness/client.ts";
import { equal } from "../harness/expectations.ts";
import { PERSON } from "../harness/house.ts";
import type { Program } from "../harness/program.ts";
import type { Stage } from "../harness/stage.ts";
import { installed, programNamed } from "../harness/toolchains.ts";

/** What kubectl gets: the ID token, the only thing that the API server reads. */
async function tokenOf(program: Program): Promise<Record<string, unknown>> {
  const [printed] = await program.says(/\{"kind":"ExecCredential".*\}/);
  const { status } = JSON.parse(printed) as { status: { token: string } };
  return claimsOf(status.token);
}

type SignIn = (stage: Stage, program: Program) => Promise<void>;

const byCode: SignIn = async (stage, program) => {
  const [, url = ""] = await program.says(/URL in your browser: (\S+)/);
  await stage.browser().open(url);
};

const byDevice: SignIn = async (stage, program) => {
  const [url] = await program.says(/http\S+user_code=\S+/);
  await stage.browser().open(url);
};

const kubelogin = (name: string, words: (stage: Stage) => readonly string[], signIn: SignIn): Client => ({
  name,
  version: "1.36.3",
  columns: ["sign-in", "claims", "refresh"],
  switches: "claims in the ID token, at the registration: it reads nothing else; `--oidc-extra-scope`",
  prepare: () => installed("kubelogin", "github.com/int128/kubelogin"),
  run: async (stage) => {
    const { id } = await stage.register({
      type: "native",
      ...(signIn === byDevice ? { redirectUris: [], deviceFlow: true } : { redirectUris: [stage.here] }),
      idTokenClaims: true,
    });
    const start = (...more: readonly string[]) =>
      stage.start([
        programNamed("kubelogin") ?? "",
        "get-token",
        `--oidc-issuer-url=${stage.issuer}`,
        `--oidc-client-id=${id}`,
        "--oidc-extra-scope=profile,offline_access",
        `--token-cache-dir=${stage.place}`,
        "--skip-open-browser",
        ...words(stage),
        ...more,
      ]);
    let claims: Record<string, unknown> = {};
    await stage.check("sign-in", async () => {
      const program = start();
      await signIn(stage, program);
      claims = await tokenOf(program);
      equal(claims["sub"], stage.house.person.id, "sub");
    });
    await stage.check("claims", () => {
      equal(claims["name"], PERSON.name, "name in the ID token");
      return Promise.resolve();
    });
    await stage.check("refresh", async () => {
      equal((await tokenOf(start("--force-refresh")))["sub"], stage.house.person.id, "sub");
      const last = stage.house.recorder.heard.findLast(({ path }) => path === "/token");
      equal(last?.form["grant_type"], "refresh_token", "the last grant");
    });
  },
});

export const kubeloginCode = kubelogin(
  "kubelogin",
  ({ port }) => [`--listen-address=127.0.0.1:${String(port)}`],
  byCode,
);
export const kubeloginDevice = kubelogin(
  "kubelogin-device-code",
  () => ["--grant-type=device-code"],
  byDevice,
);
