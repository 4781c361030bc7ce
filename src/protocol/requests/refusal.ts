import type { KoaContextWithOIDC } from "oidc-provider";
import { describeError } from "../error-descriptions.ts";
import { refusedAddress } from "./refused-address.ts";
import { memberOf, textOrNull } from "../../kernel/unknown-value.ts";

/** What the log says of a refused request. Never the value of a parameter that may be a credential. */
export interface RefusedRequest {
  /** The client id that came, if it is one that could exist. */
  readonly application: string | null;
  readonly endpoint: string;
  readonly refusal: string | null;
  /** What was wrong, and what to send instead. */
  readonly description: string | null;
  readonly detail: string | null;
  readonly cause: string | null;
  /** The one parameter whose value is logged: an address to go back to that is not registered. */
  readonly sentAddress?: string;
  readonly nearestAddress?: string | null;
  readonly difference?: string | null;
}

/** A refused request of oidc-provider's. */
export function refusedRequest(ctx: KoaContextWithOIDC, error: unknown): RefusedRequest {
  const refusal = textOf(error, "error") ?? textOf(error, "message");
  return {
    application: applicationOf(ctx),
    endpoint: ctx.path.startsWith("/authorize/") ? "/authorize/:uid" : ctx.path,
    refusal,
    description: describeError(refusal ?? "", textOf(error, "error_description") ?? undefined) ?? null,
    detail: textOf(error, "error_detail"),
    // For example keys that could not be fetched, where the detail is only a code.
    cause: textOf(memberOf(error, "cause"), "error_description"),
    ...addressOf(ctx),
  };
}

/** The address that came, and the registered one that is nearest: which of them is mistyped is for the operator to see. */
function addressOf(ctx: KoaContextWithOIDC) {
  const refused = refusedAddress(ctx, { isDevelopment: true });
  return refused === null
    ? {}
    : {
        sentAddress: refused.sent,
        nearestAddress: refused.nearest?.address ?? null,
        difference: refused.nearest?.difference ?? null,
      };
}

/** What a client id looks like. Other text that came as one is not repeated. */
const CLIENT_ID = /^app_[\w-]{16,100}$/;

function applicationOf({ oidc }: Partial<Pick<KoaContextWithOIDC, "oidc">>): string | null {
  const asked: unknown =
    oidc?.client?.clientId ?? oidc?.entities.AccessToken?.clientId ?? oidc?.params?.["client_id"];
  return typeof asked === "string" && CLIENT_ID.test(asked) ? asked : null;
}

/** Answers that belong to the ordinary course: of silent requests, of waiting devices, and of what a user did or left undone. */
const ORDINARY: ReadonlySet<string> = new Set([
  "access_denied",
  "login_required",
  "consent_required",
  "interaction_required",
  "account_selection_required",
  "authorization_pending",
  "slow_down",
  "expired_token",
  "use_dpop_nonce",
]);

/** Whether the developer of the application has to mend something. */
export function isMistake({ refusal, description, detail }: RefusedRequest): boolean {
  // That a token has ended is how an application learns it.
  if (refusal === "invalid_token") {
    return /audience/.test(detail ?? "");
  }
  if (refusal === "invalid_grant") {
    return !/^(?:refresh token|grant) (?:not found|is expired)$/.test(detail ?? "");
  }
  return !ORDINARY.has(refusal ?? "") && !isExpired(description ?? "");
}

/**
 * Whether a user came back too late. oidc-provider uses one error code for that and for an invalid request; only the description
 * differs. A pushed request is deleted soon after its minute, so one that is unknown has nearly always expired, or was used in
 * another tab.
 */
export const isExpired = (description: string): boolean =>
  /authorization request has expired|interaction session|authentication session|request_uri is unknown|could not find (?:logout|device form) details/.test(
    description,
  );

const textOf = (of: unknown, name: string): string | null => textOrNull(memberOf(of, name));
