import { z } from "zod";
import { addressFault } from "../../platform/database/database-address.ts";
import { Secret } from "../../kernel/secret.ts";
import { DEFAULT_TIME_ZONE, timeZoneOf } from "../../kernel/time-zone.ts";
import { hasPlainHost, NOT_PLAIN_HOST } from "../../kernel/plain-host.ts";

/** One row of docs/settings.md; the document is made from this table. */
export interface Setting {
  readonly name: string;
  readonly schema: z.ZodType;
  /** The default in words, for the document. */
  readonly byDefault: string;
  readonly description: string;
  /**
   * The value is a secret of one line, or of several (a key). It may be in a file that `NAME_FILE` names instead, and is
   * never printed.
   */
  readonly secret?: "line" | "lines";
}

export const wholeNumber = (low: number, high: number, fallback: number) =>
  z.coerce
    .number({ error: `must be a whole number from ${String(low)} to ${String(high)}` })
    .int(`must be a whole number from ${String(low)} to ${String(high)}`)
    .min(low, `must be at least ${String(low)}`)
    .max(high, `must be at most ${String(high)}`)
    .default(fallback);

export const port = z.coerce
  .number({ error: "must be a port, 1 to 65535" })
  .int("must be a port, 1 to 65535")
  .min(1, "must be a port, 1 to 65535")
  .max(65_535, "must be a port, 1 to 65535");

export const yesOrNo = z
  .enum(["yes", "no"], { error: "must be yes or no" })
  .transform((answer) => answer === "yes");

export const postgresUrl = z
  .string()
  .transform((url) => new Secret(url))
  .superRefine((url, context) => {
    const fault = addressFault(url);
    if (fault !== null) {
      context.addIssue(fault);
    }
  });

export const issuer = z
  .url({ protocol: /^https?$/, error: "must be an http or https address", abort: true })
  .refine((url) => hasPlainHost(new URL(url)), NOT_PLAIN_HOST)
  .refine((url) => !/[?#]/.test(url), "must have neither a query nor a fragment")
  .refine((url) => new URL(url).pathname === "/", "must have no path: Vestibule wants a host of its own")
  .transform((url) => url.replace(/\/$/, ""));

export const timeZone = z
  .string()
  .default(DEFAULT_TIME_ZONE)
  .transform((name, context) => {
    const zone = timeZoneOf(name);
    if (zone === null) {
      context.addIssue("must be an IANA time zone such as Europe/Amsterdam");
    }
    return zone ?? DEFAULT_TIME_ZONE;
  });

export const hosts = z
  .string()
  .transform((list) => list.split(",").map((host) => host.trim().toLowerCase()))
  .optional();

/** A host on this machine: what is sent to it can be read by no other machine. */
const ON_THIS_MACHINE = ["localhost", "127.0.0.1", "[::1]"];

/** An address below which ranges of hashes are; null for `off`. In clear text an answer could be forged on the way. */
export const rangeService = z
  .string()
  .default("off")
  .transform((given) => (given === "off" ? null : given.replace(/\/+$/, "")))
  .superRefine((given, context) => {
    const fault = given === null ? null : rangeServiceFault(given);
    if (fault !== null) {
      context.addIssue(fault);
    }
  });

function rangeServiceFault(address: string): string | null {
  const url = URL.parse(address);
  if (url === null || !["http:", "https:"].includes(url.protocol)) {
    return "must be off, or an https address";
  }
  if (url.protocol === "http:" && !ON_THIS_MACHINE.includes(url.hostname)) {
    return "must start with https://, but on this machine";
  }
  return url.search + url.hash + url.username + url.password === ""
    ? null
    : "must have neither a user, a query nor a fragment";
}
