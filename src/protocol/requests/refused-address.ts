import type { KoaContextWithOIDC } from "oidc-provider";
import {
  isSameHost,
  nearestRedirect,
  type NearestRedirect,
  type RedirectDifference,
} from "../../domain/applications/redirect-difference.ts";

/** An address that an application sent and that is not registered for it. */
export interface RefusedAddress {
  /** As it came, in visible ASCII. */
  readonly sent: string;
  readonly nearest: NearestRedirect | null;
  /** What anyone may be shown of the registered addresses. */
  readonly hint: AddressHint;
}

/** Where to look. `address`: null where nothing of the registered addresses is shown. */
interface AddressHint {
  readonly difference: RedirectDifference | "none" | "unregistered" | "otherHost";
  readonly address: string | null;
}

/** The unregistered address of the request, `redirect_uri` or `post_logout_redirect_uri`; null when it has none. */
export function refusedAddress(
  ctx: KoaContextWithOIDC,
  { isDevelopment }: { readonly isDevelopment: boolean },
): RefusedAddress | null {
  const asked = askedAddress(ctx);
  if (asked === null || asked.isAllowed) {
    return null;
  }
  const { sent, registered } = asked;
  const nearest = nearestRedirect(sent, registered);
  return { sent: visible(sent), nearest, hint: hintOf(asked, nearest, isDevelopment) };
}

interface Asked {
  readonly sent: string;
  readonly registered: readonly string[];
  readonly isAllowed: boolean;
}

function askedAddress({ oidc }: KoaContextWithOIDC): Asked | null {
  const client = oidc?.client;
  if (client === undefined) {
    return null;
  }
  const isSignOut = oidc.route === "end_session";
  const sent = oidc.params?.[isSignOut ? "post_logout_redirect_uri" : "redirect_uri"];
  if (typeof sent !== "string") {
    return null;
  }
  return isSignOut
    ? {
        ...{ sent, registered: client.postLogoutRedirectUris ?? [] },
        isAllowed: client.postLogoutRedirectUriAllowed(sent),
      }
    : { sent, registered: client.redirectUris ?? [], isAllowed: client.redirectUriAllowed(sent) };
}

/**
 * Anyone can ask for a page about any client id. Who sends the right host learns what differs behind it; other hosts of the
 * application, such as internal ones, are for the log and the console (docs/decisions/0062).
 */
function hintOf(
  { sent, registered }: Asked,
  nearest: NearestRedirect | null,
  isDevelopment: boolean,
): AddressHint {
  if (nearest === null) {
    return { difference: registered.length === 0 ? "unregistered" : "none", address: null };
  }
  return isDevelopment || isSameHost(sent, nearest.address)
    ? nearest
    : { difference: "otherHost", address: null };
}

const MAX_SHOWN = 200;

/** Blanks, control characters and letters that look like others are shown by their bytes: no text of a stranger's reads as ours. */
const visible = (sent: string): string => {
  const shown = sent.slice(0, MAX_SHOWN).replaceAll(/[^\x21-\x7e]/gu, bytesOf);
  return sent.length > MAX_SHOWN ? `${shown}...` : shown;
};

const bytesOf = (letter: string): string =>
  [...Buffer.from(letter, "utf8")]
    .map((byte) => `%${byte.toString(16).padStart(2, "0").toUpperCase()}`)
    .join("");
