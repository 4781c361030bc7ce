import { storedSettingsSchema, type Application } from "./application.ts";

/** The account page as an application of Vestibule itself: in no table, without a secret, and without any token. */
export const ACCOUNT_APPLICATION_ID = "app_vestibule-account-page";

/** Where oidc-provider sends somebody back to who wants the account page. */
export const ACCOUNT_RETURN_PATH = "/account/signed-in";

/** The application that the account page signs in with (docs/decisions/0018). */
export function accountApplication({ issuer, name }: { issuer: string; name: string }): Application {
  return {
    ...storedSettingsSchema.parse({
      redirectUris: [`${issuer}${ACCOUNT_RETURN_PATH}`],
      homeUrl: `${issuer}/account`,
      scopes: ["openid"],
      authentication: "none",
    }),
    id: ACCOUNT_APPLICATION_ID,
    name,
    type: "web",
    firstParty: true,
    officeId: null,
    secretHash: null,
    oldSecret: null,
  };
}
