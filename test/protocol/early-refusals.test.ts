import { expect } from "chai";
import { authorizationRequest } from "../support/relying-party.ts";
import { useVestibule } from "../support/use-vestibule.ts";

describe("T143 a request that is refused before its address is looked at", () => {
  const vestibule = useVestibule({ application: { redirectUris: ["https://straße.test/cb"] } });

  for (const [what, changes] of Object.entries({
    "an unknown prompt": { prompt: "nothing" },
    "no scope": { scope: null },
    "a wrong challenge": { code_challenge_method: "plain" },
    "unreadable claims": { claims: "{" },
  })) {
    it(`is answered at the normal form too: ${what}`, async () => {
      for (const mode of ["query", "fragment", "form_post"]) {
        const { url } = authorizationRequest(vestibule.issuer, vestibule.application, {
          redirect_uri: "HTTPS://STRAßE.test:443/cb",
          response_mode: mode,
          ...changes,
        });
        const { location, body } = await vestibule.browser().get(url);
        const to = mode === "form_post" ? (/action="([^"]*)"/.exec(body)?.[1] ?? "") : location;
        expect(to.startsWith("https://xn--strae-oqa.test/cb"), `${mode} ${to}`).to.equal(true);
      }
    });
  }
});
