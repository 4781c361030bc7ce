/** A server or worker of the installation, as it reports itself. All times are by the database's clock. */
export interface RunningProcess {
  readonly id: string;
  readonly kind: ProcessKind;
  readonly host: string;
  readonly pid: number;
  /** Which process of its server it is, of how many. */
  readonly number: number;
  readonly of: number;
  /** The process that has started it; null for a server of one process. */
  readonly primaryPid: number | null;
  readonly version: string;
  readonly startedAt: Date;
  /** Seconds since its last heartbeat. */
  readonly silentSeconds: number;
  /** Fingerprints of the data keys in its secrets file, the current one first. */
  readonly dataKeys: readonly string[];
  /** The newest migration that it knows. */
  readonly migration: string;
  /** Milliseconds by which its clock is ahead of the database's. */
  readonly clockOffMs: number;
}

export type ProcessKind = "server" | "worker";

/** What a process reports at its start. */
export type ProcessFacts = Omit<RunningProcess, "startedAt" | "silentSeconds" | "clockOffMs">;

/** For messages on the terminal, such as "server 4711 on web-1". */
export const nameOf = ({ kind, pid, host }: Pick<RunningProcess, "kind" | "pid" | "host">): string =>
  `${kind} ${String(pid)} on ${host}`;

/** Processes with other data keys, or in another order: they have not read the secrets file since the last step of a key rotation. */
export function withOtherDataKeys(
  processes: readonly RunningProcess[],
  dataKeys: readonly string[],
): RunningProcess[] {
  return processes.filter((each) => each.dataKeys.join() !== dataKeys.join());
}
