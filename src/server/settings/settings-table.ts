import { z } from "zod";
import { limitSettings } from "./limit-settings.ts";
import { productSettings } from "./product-settings.ts";
import { managementSettings } from "./management-settings.ts";
import { messageSettings } from "./message-settings.ts";
import { smsSettings } from "./sms-settings.ts";
import { processes } from "./process-count.ts";
import { hosts, issuer, port, postgresUrl, timeZone, wholeNumber, yesOrNo, type Setting } from "./setting.ts";

/**
 * Settings: one table with a row for each environment variable, from which docs/settings.md is made. This folder is the only
 * reader of the environment. It finds all faults at once and refuses what is unsafe in production.
 * A new setting is a row here and a line in `settings.ts`.
 */

/** Every setting, in the order of docs/settings.md. */
export const settingsTable = [
  {
    name: "NODE_ENV",
    schema: z.enum(["development", "production", "test"]).default("development"),
    byDefault: "development",
    description:
      "`production` switches every rule on and refuses to start with an unsafe setting. The others are for one machine: they refuse to be reached from elsewhere. `test` takes https issuers with a reserved name, such as `https://id.test`.",
  },
  {
    name: "PORT",
    schema: port.default(3000),
    byDefault: "3000",
    description: "Port that Vestibule listens on.",
  },
  {
    name: "DATABASE_URL",
    schema: postgresUrl.optional(),
    byDefault: "embedded PostgreSQL in the data directory",
    description:
      "PostgreSQL 15 to 18. The role that the server works with. Several hosts, Unix sockets and TLS are written as libpq has them: `postgres://user:password@one,two/database?sslmode=verify-full&sslrootcert=/etc/vestibule/database-ca.pem`.",
    secret: "line",
  },
  {
    name: "VESTIBULE_ISSUER",
    schema: issuer.optional(),
    byDefault: "http://localhost:PORT",
    description:
      "Public address of Vestibule. Applications know it as the issuer; every link starts with it.",
  },
  {
    name: "VESTIBULE_HOST",
    schema: z.string().min(1).default("127.0.0.1"),
    byDefault: "127.0.0.1",
    description: "Address that Vestibule listens on; `0.0.0.0` in a container.",
  },
  {
    name: "VESTIBULE_ALLOW_EXPOSED_DEVELOPMENT",
    schema: yesOrNo.default(false),
    byDefault: "no",
    description:
      "`yes` lets a server that is not in production have an https issuer, or an issuer or listener that other machines can reach. Such a server has known passwords and shows codes on a page.",
  },
  {
    name: "VESTIBULE_DATA_DIR",
    schema: z.string().min(1).default("data"),
    byDefault: "data",
    description: "Directory for the embedded database and the secrets file.",
  },
  {
    name: "VESTIBULE_DATABASE_OWNER_URL",
    schema: postgresUrl.optional(),
    byDefault: "DATABASE_URL",
    description:
      "Role that owns the tables and migrates. Without it the role of DATABASE_URL migrates, and the server gives its rights up with `SET ROLE vestibule_app`.",
    secret: "line",
  },
  {
    name: "VESTIBULE_PROCESSES",
    schema: processes.optional(),
    byDefault: "1 (production: auto)",
    description:
      "Processes of one server, on one port. `auto`: one for each core that it may use, but no more than one for every 2 connections of `VESTIBULE_DATABASE_POOL` and one for every 300 MB of memory. The limits of this table are those of all of them together. SIGHUP replaces them one after the other.",
  },
  {
    name: "VESTIBULE_DATABASE_POOL",
    schema: wholeNumber(2, 200, 10),
    byDefault: "10",
    description:
      "Connections of one server, shared out among its processes. Each needs 2, and 5 to work well.",
  },
  {
    name: "VESTIBULE_DATABASE_CLEAR_TEXT",
    schema: z.enum(["yes", "no"], { error: "must be yes or no" }).optional(),
    byDefault: "no",
    description:
      "`yes` allows production to speak to a database on another host without TLS, on a network that is used for nothing else.",
  },
  {
    name: "VESTIBULE_ALLOW_EMBEDDED_DATABASE",
    schema: z.enum(["yes", "no"], { error: "must be yes or no" }).optional(),
    byDefault: "no",
    description: "`yes` allows the embedded PostgreSQL in production.",
  },
  {
    name: "VESTIBULE_SECRETS_FILE",
    schema: z.string().min(1).optional(),
    byDefault: "DATA_DIR/secrets.json",
    description:
      "File with the keys that encrypt, sign cookies and hash. Made on first start outside production.",
  },
  {
    name: "VESTIBULE_TRUSTED_PROXY_HOPS",
    schema: wholeNumber(0, 10, 0),
    byDefault: "0",
    description:
      "Reverse proxies in front whose `X-Forwarded-For` is believed. 0: the socket's address counts.",
  },
  {
    name: "VESTIBULE_OUTGOING_ALLOWED_HOSTS",
    schema: hosts,
    byDefault: "none (development: loopback)",
    description:
      "Comma-separated hosts inside your network that Vestibule may call (back-channel logout, `jwks_uri`). All other private addresses are refused.",
  },
  {
    name: "VESTIBULE_DEVICE_FLOW",
    schema: yesOrNo.default(false),
    byDefault: "no",
    description:
      "Whether devices without a browser may be signed in by a code that the user types in another browser (RFC 8628), for applications that were given it.",
  },
  {
    name: "VESTIBULE_SHUTDOWN_DELAY",
    schema: wholeNumber(0, 300, 0),
    byDefault: "0",
    description:
      "Seconds from SIGTERM to closing the port. Meanwhile `/health/ready` answers 503 and everything is still served: a load balancer needs as long to notice as its checks take to fail. Stopping takes at most 10 seconds more; let the supervisor wait for the sum.",
  },
  {
    name: "VESTIBULE_LOG_LEVEL",
    schema: z.enum(["trace", "debug", "info", "warn", "error", "silent"]).optional(),
    byDefault: "warn (production: info)",
    description: "Least important level that is logged, as JSON lines.",
  },
  ...managementSettings,
  ...productSettings,
  {
    name: "VESTIBULE_TIME_ZONE",
    schema: timeZone,
    byDefault: "UTC",
    description:
      "Time zone of offices that have none of their own, such as `Europe/Amsterdam`. Pages use it for readers of whom nothing better is known.",
  },
  {
    name: "VESTIBULE_DEMO",
    schema: yesOrNo.optional(),
    byDefault: "yes (production: no)",
    description: "Makes the office DEMO with its users on first start and runs the demo application.",
  },
  {
    name: "VESTIBULE_DEMO_PORT",
    schema: port.optional(),
    byDefault: "PORT + 1",
    description: "Port of the demo application.",
  },
  ...messageSettings,
  ...smsSettings,
  ...limitSettings,
  {
    name: "VESTIBULE_SIGN_IN_MINUTES",
    schema: wholeNumber(5, 120, 60),
    byDefault: "60",
    description: "Time to finish a sign-in, in minutes.",
  },
  {
    name: "VESTIBULE_SESSION_HOURS",
    schema: wholeNumber(1, 72, 12),
    byDefault: "12",
    description: "A session ends this many hours after the sign-in, used or not.",
  },
  {
    name: "VESTIBULE_SESSION_IDLE_MINUTES",
    schema: wholeNumber(5, 1440, 60),
    byDefault: "60",
    description: "A session ends after this many minutes without use.",
  },
  {
    name: "VESTIBULE_ACCESS_TOKEN_MINUTES",
    schema: wholeNumber(1, 60, 15),
    byDefault: "15",
    description: "Life of an access token in minutes.",
  },
  {
    name: "VESTIBULE_REFRESH_TOKEN_DAYS",
    schema: wholeNumber(1, 90, 14),
    byDefault: "14",
    description: "Life of an unused refresh token in days.",
  },
  {
    name: "VESTIBULE_REFRESH_TOKEN_MAXIMUM_DAYS",
    schema: wholeNumber(1, 365, 90),
    byDefault: "90",
    description: "A chain of refresh tokens ends this many days after the sign-in.",
  },
  {
    name: "VESTIBULE_SIGNING_KEY_DAYS",
    schema: wholeNumber(2, 730, 90),
    byDefault: "90",
    description:
      "A key that signs tokens is replaced after this many days; the next one is published a day ahead.",
  },
  {
    name: "VESTIBULE_CLOSED_OFFICE_DAYS",
    schema: wholeNumber(1, 3650, 90),
    byDefault: "90",
    description:
      "Days from closing an office to its deletion, with its users, applications and settings. Until then it can be opened again.",
  },
  {
    name: "VESTIBULE_AUDIT_DAYS",
    schema: wholeNumber(180, 3650, 730),
    byDefault: "730",
    description:
      "Days that audit events are kept at least. Older ones are removed once a month, behind a checkpoint from which the rest still verifies.",
  },
] as const satisfies readonly Setting[];
