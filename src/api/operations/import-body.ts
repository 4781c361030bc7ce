import { z } from "zod";
import type { ImportRun } from "../../domain/users/user-import-model.ts";
import { id, moment, pageOf, timeOf } from "../listing.ts";

/** `faulty`: lines are wrong; `refused`: the file as a whole is, see `fault`. */
const STATES = ["reading", "refused", "faulty", "checked", "applied", "dropped"] as const;

const about = z.string().meta({ description: "columns, a limit, or the line of the same username" });

export const importSchema = z.strictObject({
  id,
  state: z.enum(STATES),
  rows: z.int(),
  badRows: z.int(),
  added: z.int().meta({ description: "so far; no user is visible before the state is applied" }),
  invites: z.boolean(),
  invited: z.int(),
  encoding: z.string().nullable().meta({ description: "how the letters of the file were read" }),
  fault: z.strictObject({ code: z.string(), line: z.int().nullable(), about }).nullable(),
  begunAt: moment,
  movedAt: moment.meta({ description: "when it last made progress" }),
});

export const faultsPage = pageOf(
  z.strictObject({
    line: z.int(),
    username: z.string(),
    faults: z.array(z.strictObject({ code: z.string(), about })),
  }),
);

/** An import as the API shows it. */
export const importBody = ({ bad, fault, ...run }: ImportRun): z.input<typeof importSchema> => ({
  id: run.id,
  state: run.state === "checked" && bad > 0 ? "faulty" : run.state,
  ...{ rows: run.rows, badRows: bad, added: run.added, invites: run.invites, invited: run.invited },
  encoding: run.encoding,
  fault: fault === null ? null : { code: fault.code, line: fault.line, about: fault.about },
  begunAt: timeOf(run.madeAt),
  movedAt: timeOf(run.movedAt),
});
