import { availableParallelism, totalmem } from "node:os";
import { z } from "zod";
import { ALONE, type ProcessShare } from "../../platform/processes/process-share.ts";

const MOST = 64;

export const processes = z
  .string()
  .transform((given) => (given === "auto" ? given : Number(given)))
  .refine((given) => given === "auto" || (Number.isInteger(given) && given >= 1 && given <= MOST), {
    error: `must be auto, or a whole number from 1 to ${String(MOST)}`,
  });

/** One connection of each process listens for changes, and one has to be left for the work. */
const CONNECTIONS_EACH = 2;

/** What a process takes under load, with some of its database's connections. */
const BYTES_EACH = 300 * 1024 * 1024;

/** What a machine or container has for the processes. */
interface Room {
  readonly connections: number;
  readonly cores?: number;
  readonly memory?: number;
}

/** How many processes serve: what the operator says, or as many as there is room for. Cores and memory are those of the container. */
export function processCount(
  given: z.output<typeof processes>,
  { connections, cores = availableParallelism(), memory = memoryHere() }: Room,
): number {
  if (given !== "auto") {
    return given;
  }
  const room = [cores, connections / CONNECTIONS_EACH, memory / BYTES_EACH, MOST];
  return Math.max(1, Math.floor(Math.min(...room)));
}

/** The limit of the container where there is one; a machine's own memory is larger, or Node knows no limit. */
function memoryHere(): number {
  const limit = process.constrainedMemory();
  return limit > 0 ? Math.min(limit, totalmem()) : totalmem();
}

interface Given {
  readonly NODE_ENV: string;
  readonly VESTIBULE_PROCESSES?: "auto" | number | undefined;
  readonly VESTIBULE_DATABASE_POOL: number;
}

/** How many processes serve, and which of them this is. */
export function shapeProcesses(given: Given): { processes: number; share: ProcessShare } {
  const wanted = given.VESTIBULE_PROCESSES ?? (given.NODE_ENV === "production" ? "auto" : 1);
  return { processes: processCount(wanted, { connections: given.VESTIBULE_DATABASE_POOL }), share: ALONE };
}

export function processFaults({
  processes: count,
  database,
}: {
  readonly processes: number;
  readonly database: { readonly poolSize: number };
}): string[] {
  const needed = count * CONNECTIONS_EACH;
  return count > 1 && database.poolSize < needed
    ? [
        `VESTIBULE_DATABASE_POOL: must be at least ${String(needed)} for ${String(count)} processes, ${String(CONNECTIONS_EACH)} for each`,
      ]
    : [];
}
