import type { Command } from "commander";
import { z } from "zod";
import { AUDIT_TYPES } from "../domain/audit/audit-groups.ts";
import type { ExportFilter } from "../domain/audit/audit-export-store.ts";
import type { Services } from "../server/wiring/services.ts";
import { codeOf, OperatorError } from "../kernel/errors.ts";
import { daysAfter } from "../kernel/clock.ts";
import { parseOptions } from "./option-faults.ts";
import { getOffice } from "./get-office.ts";
import { stopRequested } from "./stop-requested.ts";
import { terminalOf, write, type Terminal } from "./terminal.ts";
import { addVerb, collect } from "./verb.ts";
import { ACTOR, withServices } from "./with-services.ts";

interface ExportOptions {
  readonly office?: string;
  readonly platform?: boolean;
  readonly allOffices?: boolean;
  readonly from?: string;
  readonly to?: string;
  readonly since?: string;
  readonly type?: readonly string[];
  readonly outcome?: string;
  readonly follow?: boolean;
}

/** The exported events; without `officeId`: those of every office, and those without office. */
interface Scope {
  readonly officeId?: string | null;
}

/** How often `--follow` looks for new events; events are sealed every two seconds. */
const FOLLOW_MS = 1_000;
const MAX_OFFICES = 100_000;

/** `audit export`: events as JSON Lines, the oldest first. */
export function addAuditExportCommand(noun: Command): void {
  addVerb(noun, {
    usage: "export",
    about: "write events to standard output as JSON Lines, one event per line, the oldest first",
    examples: [
      "audit export --office NOORD > noord.jsonl",
      "audit export --office NOORD --from 2026-01-01 --to 2026-12-31 --type user.added --type user.disabled",
      "audit export --all-offices --outcome alarm --since 2026-01-31T08:00:00Z",
      "audit export --all-offices --since 2026-01-31T08:00:00Z --follow",
    ],
  })
    .option("--office <code>", "the office whose events")
    .option("--platform", "the events without office")
    .option("--all-offices", "the events of every office, one after the other, and those without office")
    .option("--from <date>", "first day (UTC), such as 2026-01-01")
    .option("--to <date>", "last day (UTC), such as 2026-12-31")
    .option("--since <time>", "first moment, such as 2026-01-31T08:00:00Z; with --follow, where to begin")
    .option("--type <type>", "only events of this type; may be given several times", collect)
    .option("--outcome <outcome>", "only events that ended like this: ok, refused or alarm")
    .option("--follow", "go on with what happens until Ctrl-C; each event once, in the order of its seal")
    .action(withServices(writeEvents));
}

const day = z.iso
  .date("must be a day such as 2026-01-31")
  .transform((text) => new Date(`${text}T00:00:00Z`))
  .nullable();

const schema = z.object({
  from: day,
  to: day.transform((last) => (last === null ? null : daysAfter(last, 1))),
  since: z.iso
    .datetime({ offset: true, error: "must be a time with its zone, such as 2026-01-31T08:00:00Z" })
    .transform((text) => new Date(text))
    .nullable(),
  type: z.array(z.enum(AUDIT_TYPES, { error: `must be one of: ${AUDIT_TYPES.join(", ")}` })).nullable(),
  outcome: z.enum(["ok", "refused", "alarm"], { error: "must be ok, refused or alarm" }).nullable(),
});

/** Waits for the reader of the output, so that memory stays small however long the log is. */
async function writeEvents(this: Command, services: Services, options: ExportOptions): Promise<void> {
  const terminal = terminalOf(this);
  const filter = filterOf(options);
  const scope = await scopeOf(services, options);
  if (options.follow === true) {
    await follow(services, { scope, filter, options, terminal });
    return;
  }
  let events = 0;
  for (const officeId of await chainsOf(services, scope)) {
    events += await services.auditLog.export.write(officeId, filter, (text) => write(terminal.output, text));
  }
  await recordExport(services, { scope, options, events });
}

/** Records the export at its start, since it has no defined end. */
async function follow(
  services: Services,
  {
    scope,
    filter,
    options,
    terminal,
  }: { scope: Scope; filter: ExportFilter; options: ExportOptions; terminal: Terminal },
): Promise<void> {
  const end = new AbortController();
  void stopRequested().then(() => {
    end.abort();
  });
  // The reader of the output is gone.
  terminal.output.once("error", () => {
    end.abort();
  });
  await recordExport(services, { scope, options, events: null });
  let isFailing = false;
  const following = {
    ...scope,
    everyMs: FOLLOW_MS,
    signal: end.signal,
    onFault: (error: unknown) => {
      if (!isFailing) {
        const reason = codeOf(error) ?? "no answer";
        terminal.errorOutput.write(`The audit log cannot be read at the moment (${reason}); trying again.\n`);
      }
      isFailing = true;
    },
  };
  await services.auditLog.follow.run(filter, following, async (text) => {
    isFailing = false;
    await write(terminal.output, text);
  });
}

function filterOf(options: ExportOptions): ExportFilter {
  const { from = null, to = null, since = null, type = null, outcome = null } = options;
  const read = parseOptions(schema, { from, to, since, type, outcome }, {});
  if (read.from !== null && read.since !== null) {
    throw new OperatorError("Give --from or --since: both say where to begin.");
  }
  return { from: read.from ?? read.since, to: read.to, types: read.type, outcome: read.outcome };
}

async function scopeOf(services: Services, { office, platform, allOffices }: ExportOptions): Promise<Scope> {
  if ([office, platform, allOffices].filter((given) => given !== undefined).length !== 1) {
    throw new OperatorError("Give --office or --platform or --all-offices: whose events are meant.");
  }
  if (allOffices === true) {
    return {};
  }
  return { officeId: office === undefined ? null : (await getOffice(services, office)).id };
}

async function chainsOf({ offices }: Services, { officeId }: Scope): Promise<(string | null)[]> {
  return officeId === undefined
    ? [null, ...(await offices.list(MAX_OFFICES)).map(({ id }) => id)]
    : [officeId];
}

/** Records the export in the audit log; an export of every office is an event without office. */
function recordExport(
  { audit }: Services,
  { scope, options, events }: { scope: Scope; options: ExportOptions; events: number | null },
): Promise<void> {
  const { from = null, to = null, since = null, type, outcome = null, follow: isFollowing = false } = options;
  const more = {
    ...(since === null ? {} : { since }),
    ...(outcome === null ? {} : { outcome }),
    ...(scope.officeId === undefined ? { allOffices: true } : {}),
    ...(isFollowing ? { follow: true } : {}),
  };
  return audit.addAlone({
    type: "audit.exported",
    outcome: "ok",
    officeId: scope.officeId ?? null,
    actor: ACTOR,
    details: { events, from, to, types: type?.join(" ") ?? null, ...more },
  });
}
