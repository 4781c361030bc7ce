import { z } from "zod";
import { AUDIT_GROUPS } from "../../domain/audit/audit-groups.ts";
import type { AuditFilter } from "../../domain/audit/audit-list-store.ts";
import { daysAfter } from "../../kernel/clock.ts";
import type { AuditDeps } from "./console-deps.ts";
import { UUID } from "../../kernel/random.ts";

/** The search as the form sends it. Invalid values count as missing. */
const querySchema = z.object({
  group: z.enum(["", ...AUDIT_GROUPS]).catch(""),
  outcome: z.enum(["", "ok", "refused", "alarm"]).catch(""),
  actor: z.string().trim().max(100).catch(""),
  subject: z.string().trim().max(100).catch(""),
  from: z.union([z.literal(""), z.iso.date()]).catch(""),
  to: z.union([z.literal(""), z.iso.date()]).catch(""),
  before: z.string().max(40).catch(""),
});
export type AuditQuery = z.output<typeof querySchema>;

export const readQuery = (query: Readonly<Record<string, unknown>>): AuditQuery =>
  querySchema.parse({ ...EMPTY_QUERY, ...query });

const EMPTY_QUERY = { group: "", outcome: "", actor: "", subject: "", from: "", to: "", before: "" };

/** The URL of a search, without empty fields. */
export const addressOf = (path: string, query: Partial<AuditQuery>): string => {
  const filled = Object.entries(query).filter(([, value]) => value !== "");
  return filled.length === 0 ? path : `${path}?${new URLSearchParams(filled).toString()}`;
};

/** The start of a day, in UTC. */
export const dayOf = (day: string): Date | undefined =>
  day === "" ? undefined : new Date(`${day}T00:00:00Z`);

/** The end of a day, in UTC. */
export const dayAfter = (day: string): Date | undefined => {
  const from = dayOf(day);
  return from === undefined ? undefined : daysAfter(from, 1);
};

/** The filter, or a username that does not exist in the office. */
export async function filterOf(
  { users }: Pick<AuditDeps, "users">,
  officeId: string | null,
  { group, outcome, actor, subject, from, to }: AuditQuery,
): Promise<{ readonly filter: AuditFilter; readonly unknown: string | null }> {
  const [by, about] = await Promise.all([actor, subject].map((name) => idOf(users, officeId, name)));
  const filter: AuditFilter = {
    group: group === "" ? undefined : group,
    outcome: outcome === "" ? undefined : outcome,
    actor: by ?? undefined,
    subject: about ?? undefined,
    from: dayOf(from),
    to: dayAfter(to),
  };
  const unknown = by === null ? actor : about === null ? subject : null;
  return { filter, unknown };
}

/** Actors that are no users. */
const SYSTEM_ACTORS = new Set(["command line", "visitor", "vestibule"]);

/** Undefined: no filter; null: no such user. */
async function idOf(
  users: AuditDeps["users"],
  officeId: string | null,
  typed: string,
): Promise<string | null | undefined> {
  if (typed === "") {
    return undefined;
  }
  if (SYSTEM_ACTORS.has(typed) || UUID.test(typed)) {
    return typed;
  }
  if (officeId === null) {
    return null;
  }
  const user = (await users.findByUsername(officeId, typed)) ?? (await users.findOnly(officeId, typed));
  return user?.id ?? null;
}
