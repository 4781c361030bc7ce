import type { Application } from "../applications/application.ts";
import type { Services } from "../compose.ts";
import type { Secret } from "../kernel/secret.ts";
import { details, type Answer } from "./answer.ts";

/** An application as its developer needs it; the secret is there only in the answer that made it. */
export async function tellApplication(
  what: string,
  application: Application,
  { services, secret }: { services: Services; secret: Secret | null },
): Promise<Answer> {
  const { secretHash: _, id, name, type, ...rest } = application;
  const { issuer } = services.settings;
  const discoveryUrl = `${issuer}/.well-known/openid-configuration`;
  const office = application.officeId === null ? null : await services.offices.find(application.officeId);
  const shownOnce = secret === null ? {} : { clientSecret: secret.reveal() };
  const lines = details([
    ["Client id", id],
    ["Client secret", secret === null ? secretKept(application) : `${secret.reveal()}   (shown only now)`],
    ["Issuer", issuer],
    ["Discovery", discoveryUrl],
    ["Type", type],
    ...(type === "machine"
      ? []
      : [["Consent", application.firstParty ? "not asked: first party" : "asked"] as const]),
    ["For", office === null ? "every office" : `people of ${office.code}`],
    ["Scopes", application.scopes.join(" ")],
    ...addressesOf(application),
    ...(application.withoutPkce ? [["PKCE", "not demanded (exception)"] as const] : []),
  ]);
  return {
    json: {
      clientId: id,
      ...shownOnce,
      issuer,
      discoveryUrl,
      name,
      type,
      ...rest,
      officeCode: office?.code ?? null,
    },
    text: what === "" ? `${name}\n\n${lines}` : `The application ${name} ${what}.\n\n${lines}`,
  };
}

function secretKept({ secretHash }: Application): string {
  return secretHash === null
    ? "none: a public application, PKCE proves that a code is its own"
    : 'set; only its hash is kept, "app rotate-secret" makes a new one';
}

function addressesOf(application: Application): (readonly [string, string])[] {
  const { redirectUris, postLogoutRedirectUris, corsOrigins, backchannelLogoutUri, homeUrl, logoUrl } =
    application;
  const lists: (readonly [string, readonly string[]])[] = [
    ["Redirect", redirectUris],
    ["After sign-out", postLogoutRedirectUris],
    ["CORS origin", corsOrigins],
    ["Back-channel logout", backchannelLogoutUri === null ? [] : [backchannelLogoutUri]],
    ["Home", homeUrl === null ? [] : [homeUrl]],
    ["Logo", logoUrl === null ? [] : [logoUrl]],
  ];
  return lists.flatMap(([label, values]) => values.map((value) => [label, value] as const));
}
