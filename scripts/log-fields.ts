/** What each field of a log line says; `log-document.ts` requires one for each. */

interface Field {
  readonly about: string;
  /** Why personal data is there; null for a field without personal data. */
  readonly personal: string | null;
}

export const FIELDS: Readonly<Record<string, Field>> = {
  level: { about: "`trace`, `debug`, `info`, `warn`, `error` or `fatal`", personal: null },
  time: { about: "ISO 8601, UTC, by the clock of the machine", personal: null },
  host: { about: "name of the machine or container", personal: null },
  pid: { about: "process id on that machine", personal: null },
  process: {
    about:
      "of a server with several processes: the number of the one that wrote the line; 0 started the others",
    personal: null,
  },
  number: { about: "number of a process of the server", personal: null },
  ended: { about: "process id of the process that ended", personal: null },
  exitCode: { about: "exit code of the process that ended; null when a signal ended it", personal: null },
  signal: { about: "signal that ended the process, or null", personal: null },
  pauseMs: { about: "milliseconds until the process is started again", personal: null },
  msg: { about: "the line's message, as in the table above", personal: null },
  requestId: {
    about: "names one request: in the answer's `X-Request-Id`, on error pages, in the audit log",
    personal: "leads to the address in the line `request`",
  },
  method: { about: "GET, POST, …", personal: null },
  path: {
    about: "path of the address, with `:id` for whatever could be a credential; no query",
    personal: null,
  },
  status: { about: "HTTP status of the answer", personal: null },
  milliseconds: { about: "time until the answer was ready", personal: null },
  address: {
    about: "network address of the visitor, or of the last proxy that is not trusted",
    personal: "yes: to notice attacks",
  },
  error: {
    about: "name, message, code and stack of an error and its causes, never its other fields",
    personal: "in rare cases a value in a message",
  },
  fault: {
    about: "kind of a database fault: `unreachable`, `busy`, `read-only`, `full`, `refused` or `broken`",
    personal: null,
  },
  sqlState: { about: "SQLSTATE of PostgreSQL, or the network's error code", personal: null },
  others: { about: "hosts of the database that are not used, each with the reason", personal: null },
  what: { about: "what waits for the database", personal: null },
  reason: {
    about:
      "the signal, or what else stopped the process; what came again, and what it ended; why a provider took no message",
    personal: null,
  },
  delaySeconds: { about: "seconds between not being ready and closing the port", personal: null },
  requests: { about: "requests in hand", personal: null },
  part: { about: "the part of the server that failed", personal: null },
  lines: { about: "how many lines of the log are missing", personal: null },
  parts: { about: "parts of the server that did not end in time", personal: null },
  subject: { about: "id of a user", personal: "yes: to help that user" },
  type: { about: "type of the audit event", personal: null },
  officeId: { about: "id of the office, or null for what belongs to none", personal: null },
  application: { about: "client id of the application", personal: null },
  claims: { about: "names of claims, never their values", personal: null },
  scopes: {
    about: "names of scopes: those that have the claims, or ten at most of those that were left out",
    personal: null,
  },
  endpoint: { about: "path of the endpoint that the application asked", personal: null },
  refusal: { about: "OAuth error code", personal: null },
  sentAddress: {
    about: "an address to go back to that is not registered, in visible ASCII, at most 200 characters",
    personal: "what an application writes into its addresses",
  },
  nearestAddress: { about: "the registered address that is nearest to it", personal: null },
  difference: {
    about: "how the two differ: `scheme`, `host`, `port`, `path`, `query`, `case`, `slash` or `spelling`",
    personal: null,
  },
  description: {
    about: "what was wrong and what to send instead, as the application got it",
    personal: null,
  },
  detail: { about: "a detail that the application did not get", personal: null },
  cause: { about: "what was behind it, such as keys that could not be fetched", personal: null },
  provider: { about: "a provider of text messages: `vonage` or `http`", personal: null },
  seconds: { about: "for how long it is passed over", personal: null },
  webhook: { about: "id of a webhook", personal: null },
  count: { about: "how many rows were dropped in this turn", personal: null },
  tries: { about: "how often it was tried", personal: null },
  isLast: { about: "whether it is not tried again", personal: null },
  secondsOff: {
    about: "seconds by which this machine's clock is ahead of the database's; negative: behind",
    personal: null,
  },
};
