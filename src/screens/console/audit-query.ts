import { z } from "zod";
import { AUDIT_GROUPS } from "../../domain/audit/audit-groups.ts";
import type { AuditFilter } from "../../domain/audit/audit-list-store.ts";
import { isNamedActor } from "../../domain/audit/named-actors.ts";
import { dayPlus, isNearDay, startOfDay } from "../../kernel/time-zone.ts";
import type { Reader } from "../../kernel/date-format.ts";
import type { AuditDeps } from "./console-deps.ts";
import { UUID } from "../../kernel/random.ts";

/** A day, or empty for none. */
export const daySchema = z.union([z.literal(""), z.iso.date().refine(isNearDay)]);

/** The search as the form sends it. Invalid values count as missing. */
const querySchema = z.object({
  group: z.enum(["", ...AUDIT_GROUPS]).catch(""),
  outcome: z.enum(["", "ok", "refused", "alarm"]).catch(""),
  actor: z.string().trim().max(100).catch(""),
  subject: z.string().trim().max(100).catch(""),
  from: daySchema.catch(""),
  to: daySchema.catch(""),
  before: z.string().max(40).catch(""),
});
export type AuditQuery = z.output<typeof querySchema>;

export const readQuery = (query: Readonly<Record<string, unknown>>): AuditQuery =>
  querySchema.parse({ ...EMPTY_QUERY, ...query });

const EMPTY_QUERY = { group: "", outcome: "", actor: "", subject: "", from: "", to: "", before: "" };

export const OUTCOMES = ["ok", "refused", "alarm"] as const;

/** The choices of a filter, with one for no filter. */
export const choices = <Value extends string>(
  values: readonly Value[],
  label: (value: Value) => string,
  any: string,
): readonly { readonly value: string; readonly label: string }[] => [
  { value: "", label: any },
  ...values.map((value) => ({ value, label: label(value) })),
];

/** The URL of a search, without empty fields. */
export const addressOf = (path: string, query: Partial<AuditQuery>): string => {
  const filled = Object.entries(query).filter(([, value]) => value !== "");
  return filled.length === 0 ? path : `${path}?${new URLSearchParams(filled).toString()}`;
};

/** The start of a day (YYYY-MM-DD, or empty for none) in the reader's zone. */
export const dayOf = (day: string, { zone }: Pick<Reader, "zone">): Date | undefined =>
  day === "" ? undefined : startOfDay(day, zone.name);

/** Its end: the start of the next one, which may be 23 or 25 hours later. */
export const dayAfter = (day: string, reader: Pick<Reader, "zone">): Date | undefined =>
  day === "" ? undefined : dayOf(dayPlus(day, 1), reader);

/** The filter, or a username that does not exist in the office. */
export async function filterOf(
  { users }: Pick<AuditDeps, "users">,
  officeId: string | null,
  { group, outcome, actor, subject, from, to }: AuditQuery,
  reader: Pick<Reader, "zone">,
): Promise<{ readonly filter: AuditFilter; readonly unknown: string | null }> {
  const [by, about] = await Promise.all([actor, subject].map((name) => idOf(users, officeId, name)));
  const filter: AuditFilter = {
    group: group === "" ? undefined : group,
    outcome: outcome === "" ? undefined : outcome,
    actor: by ?? undefined,
    subject: about ?? undefined,
    from: dayOf(from, reader),
    to: dayAfter(to, reader),
  };
  const unknown = by === null ? actor : about === null ? subject : null;
  return { filter, unknown };
}

/** Undefined: no filter; null: no such user. */
async function idOf(
  users: AuditDeps["users"],
  officeId: string | null,
  typed: string,
): Promise<string | null | undefined> {
  if (typed === "") {
    return undefined;
  }
  if (isNamedActor(typed) || UUID.test(typed)) {
    return typed;
  }
  if (officeId === null) {
    return null;
  }
  const user = (await users.findByUsername(officeId, typed)) ?? (await users.findOnly(officeId, typed));
  return user?.id ?? null;
}
