import { availableParallelism, cpus, totalmem, type } from "node:os";

/** The machine in one sentence. */
export function machine(): string {
  const [processor] = cpus();
  const gigabytes = (totalmem() / 2 ** 30).toFixed(0);
  const model = processor?.model ?? "unknown processor";
  return `${new Date().toISOString().slice(0, 10)}, ${model}, ${String(availableParallelism())} cores, ${gigabytes} GiB, ${type()}, Node ${process.version}.`;
}
