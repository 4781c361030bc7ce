import { FAST, type Metric } from "./metric.ts";

const POOL = { pool: "`vestibule` of the server, `vestibule jobs` of the message workers" } as const;

/** The database, and what is read from it: at most once in fifteen seconds, however many scrapes there are. */
export const DATABASE_METRICS = {
  vestibule_pool_connections: {
    kind: "sum",
    help: "Connections to the database.",
    labels: { ...POOL, state: ["used", "idle"] },
  },
  vestibule_pool_size: { kind: "sum", help: "Connections that there may be at most.", labels: POOL },
  vestibule_pool_waiting: { kind: "sum", help: "Pieces of work that wait for a connection.", labels: POOL },
  vestibule_pool_wait_seconds: {
    kind: "histogram",
    help: "Time that work waited for a connection.",
    labels: POOL,
    buckets: [0.001, 0.005, 0.025, 0.1, 0.5, 1, 5],
  },
  vestibule_statement_duration_seconds: {
    kind: "histogram",
    help: "Time of the statements, from sending one to its last row.",
    buckets: [0.001, ...FAST],
  },
  vestibule_statements_total: {
    kind: "counter",
    help: "Statements by name.",
    labels: { statement: "the name of the prepared statement, or `commit`", outcome: ["ok", "failed"] },
  },
  vestibule_statement_seconds_total: {
    kind: "counter",
    help: "Time of the statements by name.",
    labels: { statement: "the name of the prepared statement, or `commit`" },
  },
  vestibule_database_usable: {
    kind: "gauge",
    help: "1 while the database can be written to, by the last look at it.",
  },
  vestibule_database_fault: {
    kind: "gauge",
    help: "1 for the fault that the last look at the database has found.",
    labels: { kind: ["unreachable", "busy", "read-only", "full", "refused", "broken", "other"] },
  },
  vestibule_database_figures_age_seconds: {
    kind: "gauge",
    help: "Age of what the following metrics were read from; they keep their last values while the database does not answer.",
  },
  vestibule_queue_jobs: {
    kind: "gauge",
    help: "Jobs in a queue: messages and tasks. Counted up to 10,000.",
    labels: {
      queue: ["mail", "sms", "task"],
      state: ["due", "later", "running"],
    },
  },
  vestibule_queue_oldest_seconds: {
    kind: "gauge",
    help: "Age of the oldest message or task of a queue that is not delivered yet; 0 for an empty queue.",
    labels: { queue: ["mail", "sms", "task"] },
  },
  vestibule_signing_key_age_seconds: {
    kind: "gauge",
    help: "Time since the key that signs began to, by algorithm.",
    labels: { algorithm: "the algorithm of the key" },
  },
  vestibule_signing_key_left_seconds: {
    kind: "gauge",
    help: "Time until another key has to be published, by algorithm; it signs a day after that. Below 0 it is overdue.",
    labels: { algorithm: "the algorithm of the key" },
  },
  vestibule_audit_chains: {
    kind: "gauge",
    help: "Chains of the audit log: one an office, and one of no office.",
  },
  vestibule_audit_chain_head: {
    kind: "gauge",
    help: "Sealed events of all chains together; it never falls.",
  },
  vestibule_audit_unsealed: { kind: "gauge", help: "Events that wait for their seal. Counted up to 10,000." },
  vestibule_audit_chains_verified_total: {
    kind: "counter",
    help: "Verifications of a chain, or of its last 200 seals; the latter are verified in turn, once a minute.",
  },
  vestibule_audit_chains_broken: {
    kind: "gauge",
    help: "Chains that were found broken, and not whole since.",
  },
  vestibule_purge_backlog_seconds: {
    kind: "gauge",
    help: "How long the oldest row that has expired waits for its deletion.",
    labels: { table: ["oidc_models", "sign_ins", "rate_limits"] },
  },
  vestibule_support_people: {
    kind: "gauge",
    help: "The platform's staff: those whose account is active, and those of them that are not locked out. Missing without an office SUPPORT.",
    labels: { state: ["active", "usable"] },
  },
  vestibule_locked_out_offices: {
    kind: "gauge",
    help: "Offices of two users or more of which each is locked out, of those that had a lockout in the last hour.",
  },
} as const satisfies Record<string, Metric>;
