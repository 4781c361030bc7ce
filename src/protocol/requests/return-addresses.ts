import type { Client } from "oidc-provider";
import { isForDevelopment } from "../../domain/applications/development-address.ts";
import { isAmong, normalAddress } from "../../domain/applications/normal-address.ts";
import { Provider } from "../library.ts";

/**
 * Redirect addresses of a request are compared with the registered ones; a native application may use any port of the loopback address.
 * oidc-provider compares them byte for byte, and frees the port of `localhost` too. Here both addresses of an
 * application are compared in their normal form (docs/decisions/0062): the one that an answer goes to, and the one after
 * sign-out. An address that was registered in development is worth nothing in production, where it would be read along.
 */
export function compareNormalForms(
  provider: Provider,
  { isDevelopment }: { readonly isDevelopment: boolean },
): void {
  const isAllowed = (client: Client, registered: readonly string[] = [], sent: unknown) =>
    typeof sent === "string" &&
    isAmong(registered, sent, { anyPort: client.applicationType === "native" }) &&
    (isDevelopment || !isForDevelopment(new URL(sent)));
  const { prototype } = provider.Client;
  Object.defineProperty(prototype, "redirectUriAllowed", {
    value(this: Client, sent: unknown) {
      const isRegistered = isAllowed(this, this.redirectUris, sent);
      if (isRegistered) {
        answerAtNormalForm(sent);
      }
      return isRegistered;
    },
  });
  Object.defineProperty(prototype, "postLogoutRedirectUriAllowed", {
    value(this: Client, sent: unknown) {
      return isAllowed(this, this.postLogoutRedirectUris, sent);
    },
  });
  normaliseAtToken(provider);
}

type Sent = Record<string, unknown>;

/**
 * The address of the request that was just found registered is stored and answered in its normal form, by every refusal too:
 * older browsers read the host `straße.test` as `strasse.test`, and only the normal form is one place to all of them.
 */
function answerAtNormalForm(sent: unknown): void {
  const { params } = Provider.ctx?.oidc ?? {};
  if (params !== undefined && params["redirect_uri"] === sent) {
    normaliseAddress(params);
  }
}

function normaliseAddress(params: Sent): void {
  const { redirect_uri: sent } = params;
  if (typeof sent === "string") {
    params["redirect_uri"] = normalAddress(sent) ?? sent;
  }
}

/** The token endpoint looks the code up, then compares its address byte for byte (RFC 6749 section 4.1.3). */
function normaliseAtToken({ AuthorizationCode: model }: Provider): void {
  const find = model.find.bind(model);
  Object.defineProperty(model, "find", {
    value(...asked: Parameters<typeof find>): Promise<unknown> {
      const { params } = Provider.ctx?.oidc ?? {};
      if (params !== undefined) {
        normaliseAddress(params);
      }
      return find(...asked);
    },
  });
}
