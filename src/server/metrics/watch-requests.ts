import { hashing, hashTurn } from "../../domain/credentials/password.ts";
import { stopwatch } from "../../kernel/clock.ts";
import { statementWork } from "../../platform/database/database.ts";
import { poolTurn } from "../../platform/database/pool-load.ts";
import { messageTried, providerCall } from "../../platform/messages/delivery.ts";
import { requestFailed } from "../../platform/web/errors.middleware.ts";
import { requestWork } from "../../platform/web/request.middleware.ts";
import { tokensAsked } from "../../protocol/models/oidc-events.ts";
import { requestRefused } from "../../protocol/requests/refused-requests.ts";
import type { Instruments } from "./instruments.ts";

type Stop = () => void;

/** Counts requests, tokens, messages, statements and hashes. */
export const watchRequests = (instruments: Instruments): Stop[] => [
  requestWork.watch((request, work) =>
    timed(work, (seconds) => {
      const labels = { route: request.route(), method: knownOr(METHODS, request.method) };
      instruments.count("vestibule_requests_total", { ...labels, status: String(request.status()) });
      instruments.time("vestibule_request_duration_seconds", labels, seconds);
    }),
  ),
  requestFailed.watch(({ kind }) => {
    instruments.count("vestibule_request_errors_total", { kind });
  }),
  requestRefused.watch(({ endpoint, refusal }) => {
    const error = knownOr(OAUTH_ERRORS, refusal);
    instruments.count("vestibule_refused_requests_total", { endpoint, error });
  }),
  tokensAsked.watch(({ grant, isGranted }) => {
    const outcome = isGranted ? "granted" : "refused";
    instruments.count("vestibule_tokens_total", { grant: grantOf(grant), outcome });
  }),
  messageTried.watch(({ channel, state }) => {
    instruments.count("vestibule_messages_total", { channel, state });
  }),
  providerCall.watch(({ channel }, work) =>
    timed(work, (seconds) => {
      instruments.time("vestibule_provider_call_duration_seconds", { channel }, seconds);
    }),
  ),
];

/** Counts what the database and the hashing take. */
export const watchWork = (instruments: Instruments): Stop[] => [
  statementWork.watch(({ name: statement }, work) =>
    timed(work, (seconds, outcome) => {
      instruments.time("vestibule_statement_duration_seconds", {}, seconds);
      instruments.count("vestibule_statements_total", { statement, outcome });
      instruments.count("vestibule_statement_seconds_total", { statement }, { by: seconds });
    }),
  ),
  poolTurn.watch(({ pool, waitedMs }) => {
    instruments.time("vestibule_pool_wait_seconds", { pool }, waitedMs / 1_000);
  }),
  hashing.watch((_, work) =>
    timed(work, (seconds) => {
      instruments.time("vestibule_hash_duration_seconds", {}, seconds);
    }),
  ),
  hashTurn.watch(({ waitedMs }) => {
    if (waitedMs === null) {
      instruments.count("vestibule_hashes_turned_away_total", {});
    } else {
      instruments.time("vestibule_hash_wait_seconds", {}, waitedMs / 1_000);
    }
  }),
];

async function timed<R>(
  work: () => Promise<R>,
  tell: (seconds: number, outcome: "ok" | "failed") => void,
): Promise<R> {
  const began = stopwatch();
  let outcome: "ok" | "failed" = "failed";
  try {
    const result = await work();
    outcome = "ok";
    return result;
  } finally {
    tell((stopwatch() - began) / 1_000, outcome);
  }
}

const METHODS = ["GET", "HEAD", "POST", "OPTIONS"];

/** Those of OAuth 2.0, OpenID Connect and what they build on. */
const OAUTH_ERRORS = [
  "access_denied",
  "account_selection_required",
  "authorization_pending",
  "consent_required",
  "expired_token",
  "interaction_required",
  "invalid_client",
  "invalid_dpop_proof",
  "invalid_grant",
  "invalid_redirect_uri",
  "invalid_request",
  "invalid_request_object",
  "invalid_request_uri",
  "invalid_scope",
  "invalid_target",
  "invalid_token",
  "login_required",
  "request_not_supported",
  "request_uri_not_supported",
  "server_error",
  "slow_down",
  "temporarily_unavailable",
  "unauthorized_client",
  "unmet_authentication_requirements",
  "unsupported_grant_type",
  "unsupported_response_mode",
  "unsupported_response_type",
  "use_dpop_nonce",
];

/** What a request says is no label, but for the words that are known. */
const knownOr = (known: readonly string[], word: unknown): string =>
  known.find((one) => one === word) ?? "other";

const DEVICE = "urn:ietf:params:oauth:grant-type:device_code";

const grantOf = (grant: unknown): string =>
  grant === DEVICE
    ? "device_code"
    : knownOr(["authorization_code", "refresh_token", "client_credentials"], grant);
