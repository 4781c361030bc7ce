import type { AdapterPayload, ResponseType } from "oidc-provider";
import type { Application, ApplicationType } from "../applications/application.ts";
import { ACCOUNT_APPLICATION_ID } from "../applications/own-application.ts";

/** Stands where oidc-provider wants a secret; the comparison asks the application service instead (provider.ts). */
const SECRET_IS_HASHED = "kept as a hash";

/** An application as OpenID Connect Dynamic Client Registration 1.0 section 2 would describe it. */
export function toClientMetadata(application: Application): AdapterPayload {
  const { id, name, type, secretHash, redirectUris, postLogoutRedirectUris, scopes } = application;
  return {
    client_id: id,
    client_name: name,
    ...(secretHash === null ? {} : { client_secret: SECRET_IS_HASHED }),
    application_type: type === "native" ? "native" : "web",
    token_endpoint_auth_method: secretHash === null ? "none" : "client_secret_basic",
    ...flows(application),
    response_modes: responseModes(type),
    redirect_uris: [...redirectUris],
    post_logout_redirect_uris: [...postLogoutRedirectUris],
    scope: scopes.join(" "),
    id_token_signed_response_alg: "RS256",
    ...optional("backchannel_logout_uri", application.backchannelLogoutUri),
    backchannel_logout_session_required: application.backchannelLogoutUri !== null,
    ...optional("client_uri", application.homeUrl),
    ...optional("logo_uri", application.logoUrl),
    "urn:vestibule:first_party": application.firstParty,
    "urn:vestibule:office_id": application.officeId ?? "",
    "urn:vestibule:cors_origins": [...application.corsOrigins],
    "urn:vestibule:without_pkce": application.withoutPkce,
    "urn:vestibule:type": type,
  };
}

/** The members of ours that oidc-provider is told to carry along. */
export const EXTRA_METADATA = [
  "urn:vestibule:first_party",
  "urn:vestibule:office_id",
  "urn:vestibule:cors_origins",
  "urn:vestibule:without_pkce",
  "urn:vestibule:type",
];

/** The account page gets nothing but "somebody has signed in": no code, and so no token, can be had in its name. */
function flows({ id, type }: Application): { grant_types: string[]; response_types: ResponseType[] } {
  if (id === ACCOUNT_APPLICATION_ID) {
    return { grant_types: [], response_types: ["none"] };
  }
  return { grant_types: grantTypes(type), response_types: type === "machine" ? [] : ["code"] };
}

function grantTypes(type: ApplicationType): string[] {
  return type === "machine" ? ["client_credentials"] : ["authorization_code", "refresh_token"];
}

/** Only a server takes a posted form; a program on a device and a page that is all script read the address. */
function responseModes(type: ApplicationType): string[] {
  return type === "web" ? ["query", "fragment", "form_post"] : ["query", "fragment"];
}

const optional = (name: string, value: string | null) => (value === null ? {} : { [name]: value });
