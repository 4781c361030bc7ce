import { FAST, type Metric } from "./metric.ts";

const ROUTE =
  "the template of the route, such as `/interaction/:uid/:page`; `other` for an address that there is not";

/** Requests, tokens and messages. */
export const WEB_METRICS = {
  vestibule_requests_total: {
    kind: "counter",
    help: "Requests that were answered.",
    labels: {
      route: ROUTE,
      method: ["GET", "HEAD", "POST", "OPTIONS", "other"],
      status: "the status of the response",
    },
  },
  vestibule_request_duration_seconds: {
    kind: "histogram",
    help: "Time from the head of a request to the head of its response.",
    labels: { route: ROUTE, method: ["GET", "HEAD", "POST", "OPTIONS", "other"] },
    buckets: FAST,
  },
  vestibule_request_errors_total: {
    kind: "counter",
    help: "Requests that ended with an error page, or an OAuth error of our own.",
    labels: { kind: "the kind of the error page, such as `busy` or `expired`" },
  },
  vestibule_refused_requests_total: {
    kind: "counter",
    help: "Requests of applications that were refused; the log has the reason of each.",
    labels: {
      endpoint: "the address that the application called",
      error: "the error code of OAuth; `other` for one that is no such",
    },
  },
  vestibule_tokens_total: {
    kind: "counter",
    help: "Requests for tokens, by grant.",
    labels: {
      grant: ["authorization_code", "refresh_token", "client_credentials", "device_code", "other"],
      outcome: ["granted", "refused"],
    },
  },
  vestibule_token_reuse_total: {
    kind: "counter",
    help: "What is good once came again: replaced refresh tokens, redeemed codes, used proofs.",
  },
  vestibule_messages_total: {
    kind: "counter",
    help: "Tries to deliver a message, by how they ended.",
    labels: {
      channel: ["mail", "sms"],
      state: ["sent", "retry", "refused", "failed", "expired", "unknown"],
    },
  },
  vestibule_provider_call_duration_seconds: {
    kind: "histogram",
    help: "Time that the mail server or the provider of text messages took for one message.",
    labels: { channel: ["mail", "sms"] },
    buckets: [0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60],
  },
} as const satisfies Record<string, Metric>;
