import { express, startResourceServer, type RunningResourceServer } from "../support/foreign-client.ts";
import { useRecordedIssuer } from "../support/recorded-issuer.ts";
import { makePerson, walk, type ServerSnippet } from "../support/snippet-steps.ts";
import { useBrowser } from "../support/visitors.ts";

const usual = {
  ...{ host: express, redirectPath: "/callback", signIn: "/sign-in", person: "/person" },
  signOut: (here: string) => `${here}/sign-out`,
};
/** The application looks at the end of the access token when it next needs it. */
const later: ServerSnippet["renew"] = async (page, here) => {
  await page.goto(`${here}/later`);
};

const SNIPPETS: readonly ServerSnippet[] = [
  { ...usual, name: "openid-client", renew: later },
  { ...usual, name: "openid-client-api", api: "/invoices", renew: later },
  { ...usual, name: "passport", renew: () => Promise.resolve() },
  {
    ...{ ...usual, name: "express-openid-connect", signIn: "/login", renew: later },
    signOut: (here) => `${here}/logout`,
  },
  {
    ...{ ...usual, name: "auth-js", redirectPath: "/api/auth/callback/vestibule", renew: later },
    ...{ signIn: "/api/auth/signin", signInButton: "Sign in with Vestibule", signOutButton: "Sign out" },
  },
];

for (const scheme of ["http", "https"] as const) {
  describe(`snippets for Node, word for word, with an issuer at ${scheme}`, () => {
    const open = useBrowser();
    const around = useRecordedIssuer(scheme);
    let server: RunningResourceServer;
    before(async () => {
      server = await startResourceServer(around, express, "resource-server-node");
    });
    after(() => server.stop());

    for (const snippet of SNIPPETS) {
      it(`${snippet.name} signs in, shows the name, calls an API, renews and signs out`, async function () {
        this.timeout(60_000);
        const { page } = await open({ ignoreHTTPSErrors: true });
        const person = await makePerson(around.vestibule);
        await walk(page, around, snippet, { person, resource: server.resource });
      });
    }
  });
}
