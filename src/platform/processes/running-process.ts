/** A server or worker of the installation, as it tells of itself; all times by the database's clock. */
export interface RunningProcess {
  readonly id: string;
  readonly kind: ProcessKind;
  readonly host: string;
  readonly pid: number;
  readonly version: string;
  readonly startedAt: Date;
  /** Seconds since it was heard of last. */
  readonly silentSeconds: number;
  /** Names of the data keys of its secrets file, the one that seals first. */
  readonly dataKeys: readonly string[];
  /** The newest migration that it knows. */
  readonly migration: string;
  /** Milliseconds by which its clock is ahead of the database's. */
  readonly clockOffMs: number;
}

export type ProcessKind = "server" | "worker";

/** What a process says of itself at its start. */
export type ProcessFacts = Omit<RunningProcess, "startedAt" | "silentSeconds" | "clockOffMs">;

/** For a terminal, such as "server 4711 on web-1". */
export const nameOf = ({ kind, pid, host }: Pick<RunningProcess, "kind" | "pid" | "host">): string =>
  `${kind} ${String(pid)} on ${host}`;

/** Those that run with other data keys, or seal with another one: they have not seen the last step of a change. */
export function withOtherDataKeys(
  processes: readonly RunningProcess[],
  dataKeys: readonly string[],
): RunningProcess[] {
  return processes.filter((each) => each.dataKeys.join() !== dataKeys.join());
}
