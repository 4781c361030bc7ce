import { readFileSync } from "node:fs";
import { expect } from "chai";
import * as client from "openid-client";
import { makeApplication } from "../support/people.ts";
import { useVestibule } from "../support/use-vestibule.ts";

const AsyncFunction = (async () => {
  // Only its constructor is of interest.
}).constructor as FunctionConstructor;

describe("the code of the README", () => {
  const vestibule = useVestibule({ user: {} });
  const readme = readFileSync(new URL("../../README.md", import.meta.url), "utf8");
  const section = readme.slice(
    readme.indexOf("## Connect your application"),
    readme.indexOf("## Command line"),
  );
  const [names = "", signIn = ""] = [...section.matchAll(/```js\n([\s\S]+?)```/g)].map(([, code]) => code);

  it("signs a user in as it is written, with the values that were printed", async () => {
    const callback = "http://localhost:8080/callback";
    const application = await makeApplication(vestibule.services, { redirectUris: [callback] });
    const printed = JSON.stringify([vestibule.issuer, application.id, application.secret]);
    const [importing, ...others] = names
      .replace(/(\[issuer, id, secret\] = )\[.+\];/, `$1${printed};`)
      .split("\n");
    expect(importing).to.equal('import * as client from "openid-client";');
    const [config, verifier, challenge, address, tokens] = signIn.trim().split("\n");
    const away = [
      ...others,
      config,
      verifier,
      challenge,
      address,
      "const returned = await goTo(address);",
      tokens,
    ];
    const run = new AsyncFunction("client", "goTo", `${away.join("\n")}\nreturn { config, tokens };`) as (
      library: typeof client,
      goTo: (address: URL) => Promise<string>,
    ) => Promise<{
      config: client.Configuration;
      tokens: client.TokenEndpointResponse & client.TokenEndpointResponseHelpers;
    }>;
    const done = await run(
      client,
      async ({ href }) =>
        (await vestibule.signIn(vestibule.browser(), { url: href, verifier: "", state: "" })).href,
    );
    const { sub = "" } = done.tokens.claims() ?? {};
    expect(sub).to.equal(vestibule.user.id);
    const person = await client.fetchUserInfo(done.config, done.tokens.access_token, sub);
    expect(person).to.deep.include({ name: "Sanne Bakker" }).and.to.have.property("office");
  });
});
