import { expect } from "chai";
import { fillIn, SNIPPETS } from "../../../src/domain/applications/snippets.ts";

const VALUES = {
  issuer: "https://id.example.com",
  clientId: "app_x",
  redirectUri: "https://app.example.com/callback",
  signedOutUri: "https://app.example.com/",
  resource: "https://invoices.example.com",
  algorithm: "ES256",
};
/** Settings and lines that find a user by what an administrator can write. */
const BY_OTHER_CLAIMS = [
  /insecure_oidc_allow_unverified_email/,
  /allowDangerousEmailAccountLinking: true/,
  /user-name-attribute: (?!sub\b)/,
  /oidc_email_claim = "(?!sub")/,
  /OIDCRemoteUserClaim (?!sub@)/,
  /preferred_username/,
];

describe("a snippet for a library", () => {
  const forUsers = SNIPPETS.filter(({ type }) => type !== "machine");

  for (const snippet of forUsers) {
    it(`T134 ${snippet.title} takes iss and sub for the user, and says why nothing else`, () => {
      const text = fillIn(snippet, VALUES);
      expect(text)
        .to.match(/\biss(uer)?\b/i)
        .and.match(/\bsub(ject)?\b/i);
      expect(text).to.match(/administrators? types?/);
      expect(BY_OTHER_CLAIMS.filter((one) => one.test(text))).to.deep.equal([]);
    });
  }
});
