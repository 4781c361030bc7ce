import { apache, flask, sinatra } from "../support/foreign-client.ts";
import { useRecordedIssuer } from "../support/recorded-issuer.ts";
import { jsonAt, makePerson, walk, type ServerSnippet } from "../support/snippet-steps.ts";
import { useBrowser } from "../support/visitors.ts";

const usual = {
  ...{ redirectPath: "/callback", signIn: "/sign-in", person: "/person" },
  signOut: (here: string) => `${here}/sign-out`,
};
const atRenew: ServerSnippet["renew"] = async (page, here) => {
  await page.goto(`${here}/renew`);
};

const SNIPPETS: readonly ServerSnippet[] = [
  { ...usual, name: "authlib", host: flask("authlib", "requests"), renew: atRenew },
  {
    ...{ ...usual, name: "omniauth", host: sinatra, redirectPath: "/auth/openid_connect/callback" },
    ...{ signInButton: "Sign in", renew: atRenew },
  },
  {
    ...{ ...usual, name: "mod-auth-openidc", host: apache, signIn: "/person.shtml", person: "/person.shtml" },
    // What the module offers to scripts of a page; by itself it does so a minute before the end.
    renew: async (page, here) => {
      const { token = "" } = (await jsonAt(page, `${here}/person.shtml`)) as { token?: string };
      const query = new URLSearchParams({ refresh: `${here}/`, access_token: token });
      await page.goto(`${here}/callback?${query.toString()}`);
    },
    signOut: (here) => `${here}/callback?logout=${encodeURIComponent(`${here}/`)}`,
  },
];

for (const scheme of ["http", "https"] as const) {
  describe(`snippets for other servers, word for word, with an issuer at ${scheme}`, () => {
    const open = useBrowser();
    const around = useRecordedIssuer(scheme);

    for (const snippet of SNIPPETS) {
      it(`${snippet.name} signs in, shows the name, renews and signs out`, async function () {
        this.timeout(60_000);
        const missing = snippet.host.missing();
        if (missing !== null) {
          console.log(`      ${snippet.name} is not tried: this machine lacks ${missing}`);
          this.skip();
        }
        const { page } = await open({ ignoreHTTPSErrors: true });
        await walk(page, around, snippet, { person: await makePerson(around.vestibule), resource: "" });
      });
    }
  });
}
