import type { Command } from "commander";
import { z } from "zod";
import { AUDIT_TYPES } from "../audit/audit-groups.ts";
import type { Services } from "../compose.ts";
import { OperatorError } from "../kernel/errors.ts";
import { daysAfter } from "../kernel/clock.ts";
import { parseOptions } from "./option-faults.ts";
import { getOffice } from "./get-office.ts";
import { terminalOf, write } from "./terminal.ts";
import { addVerb, collect } from "./verb.ts";
import { ACTOR, withServices } from "./with-services.ts";

interface ExportOptions {
  readonly office?: string;
  readonly platform?: boolean;
  readonly from?: string;
  readonly to?: string;
  readonly type?: readonly string[];
}

export function addAuditExportCommand(noun: Command): void {
  addVerb(noun, {
    usage: "export",
    about: "write events to standard output as JSON Lines, one event a line, the oldest first",
    examples: [
      "audit export --office NOORD > noord.jsonl",
      "audit export --office NOORD --from 2026-01-01 --to 2026-12-31 --type user.added --type user.disabled",
    ],
  })
    .option("--office <code>", "the office whose events")
    .option("--platform", "the events without office")
    .option("--from <date>", "first day (UTC), such as 2026-01-01")
    .option("--to <date>", "last day (UTC), such as 2026-12-31")
    .option("--type <type>", "only events of this type; may be given several times", collect)
    .action(withServices(writeEvents));
}

const day = z.iso
  .date("must be a day such as 2026-01-31")
  .transform((text) => new Date(`${text}T00:00:00Z`))
  .nullable();

const schema = z.object({
  from: day,
  to: day.transform((last) => (last === null ? null : daysAfter(last, 1))),
  type: z.array(z.enum(AUDIT_TYPES, { error: `must be one of: ${AUDIT_TYPES.join(", ")}` })).nullable(),
});

/** Writing waits for the reader: nothing is kept here, however long the log is. */
async function writeEvents(this: Command, services: Services, options: ExportOptions): Promise<void> {
  const { output } = terminalOf(this);
  const { from = null, to = null, type = null } = options;
  const filter = parseOptions(schema, { from, to, type }, {});
  const officeId = await officeOf(services, options);
  const types = filter.type;
  const events = await services.auditLog.export.write(officeId, { ...filter, types }, (text) =>
    write(output, text),
  );
  await services.audit.addAlone({
    type: "audit.exported",
    outcome: "ok",
    officeId,
    actor: ACTOR,
    details: { events, from, to, types: types?.join(" ") ?? null },
  });
}

async function officeOf(services: Services, { office, platform }: ExportOptions): Promise<string | null> {
  if ((office === undefined) === (platform === undefined)) {
    throw new OperatorError("Give --office or --platform: one export holds the events of one office.");
  }
  return office === undefined ? null : (await getOffice(services, office)).id;
}
