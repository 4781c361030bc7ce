import { AuthorizationResponseError, ClientError, ResponseBodyError } from "openid-client";

export interface DescribedError {
  readonly title: string;
  readonly advice: string;
  /** For the person who runs the application: the code of the protocol and what came with it. */
  readonly technical: string;
  /** The status of the page that shows it. */
  readonly status: 400 | 502 | 503;
}

/**
 * Says what went wrong between the application and the identity provider, for a person and for a developer.
 */
export function describeError(error: unknown): DescribedError {
  if (error instanceof AuthorizationResponseError) {
    return { ...refusal(error.error), technical: oauth(error), status: 400 };
  }
  if (error instanceof ResponseBodyError) return { ...tokenRefusal(error.error), technical: oauth(error) };
  if (isUnreachable(error)) return { ...unreachable, technical: rootCause(error) };
  return { ...untrusted, technical: rootCause(error) };
}

function isUnreachable(error: unknown): boolean {
  // `fetch` reports every network failure as a TypeError with a cause.
  if (error instanceof TypeError) return error.cause !== undefined;
  if (!(error instanceof ClientError)) return false;
  return error.code === "OAUTH_TIMEOUT" || error.code === "OAUTH_RESPONSE_IS_NOT_CONFORM";
}

const unreachable = {
  title: "The identity provider does not answer",
  advice: "It may just be starting. Wait a moment and try again.",
  status: 503,
} as const;

const untrusted = {
  title: "The answer could not be trusted",
  advice: "The answer of the identity provider did not pass the checks of this application. Try again.",
  status: 502,
} as const;

function refusal(code: string) {
  switch (code) {
    case "access_denied":
      return {
        title: "The sign-in was cancelled",
        advice: "Nothing happened. You can try again at any time.",
      };
    case "login_required":
      return {
        title: "You are not signed in at the identity provider",
        advice: "The silent question was answered with no. Sign in to go on.",
      };
    case "interaction_required":
    case "consent_required":
    case "account_selection_required":
      return {
        title: "The identity provider needs to ask you something",
        advice: "That is not possible silently. Sign in to go on.",
      };
    case "temporarily_unavailable":
      return { title: "The identity provider is busy", advice: "Wait a moment and try again." };
    default:
      return { title: "The identity provider refused the request", advice: "Try again." };
  }
}

function tokenRefusal(code: string) {
  switch (code) {
    case "invalid_grant":
      return {
        title: "The sign-in is not valid any more",
        advice: "It took too long, was used before, or was ended. Sign in again.",
        status: 400,
      } as const;
    case "invalid_client":
      return {
        title: "The identity provider does not accept this application",
        advice: "The identifier or the secret of the application is wrong. Ask the person who runs it.",
        status: 502,
      } as const;
    default:
      return { title: "The identity provider gave no tokens", advice: "Try again.", status: 502 } as const;
  }
}

function oauth(error: AuthorizationResponseError | ResponseBodyError): string {
  return error.error_description ? `${error.error}: ${error.error_description}` : error.error;
}

function rootCause(error: unknown): string {
  if (!(error instanceof Error)) return "unknown error";
  const { cause } = error;
  if (!(cause instanceof Error)) return error.message;
  const reason = cause.message || ("code" in cause ? String(cause.code) : cause.name);
  return reason === error.message ? reason : `${error.message}: ${reason}`;
}
