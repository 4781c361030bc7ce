import type { Metric } from "./metric.ts";

/** Hashing, and the process itself. */
export const PROCESS_METRICS = {
  vestibule_hashes_running: { kind: "sum", help: "Passwords that are being hashed or compared." },
  vestibule_hashes_waiting: { kind: "sum", help: "Passwords that wait for their turn." },
  vestibule_hashes_turned_away_total: {
    kind: "counter",
    help: "Passwords that found the queue full; their users saw a page that says so.",
  },
  vestibule_hash_wait_seconds: {
    kind: "histogram",
    help: "Time that a password waited for its turn.",
    buckets: [0.001, 0.01, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5],
  },
  vestibule_hash_duration_seconds: {
    kind: "histogram",
    help: "Time of one hash or comparison.",
    buckets: [0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1],
  },
  vestibule_event_loop_delay_seconds: {
    kind: "gauge",
    help: "How late the event loop was, since the last scrape.",
    labels: { quantile: ["0.5", "0.99", "1"] },
  },
  vestibule_processes: { kind: "gauge", help: "Processes of this server that serve." },
  vestibule_build_info: {
    kind: "gauge",
    help: "1; the version that runs.",
    labels: { version: "the version of Vestibule" },
  },
  process_cpu_seconds_total: { kind: "counter", help: "Processor time, of the system and of the user." },
  process_resident_memory_bytes: { kind: "sum", help: "Memory of the processes." },
  process_start_time_seconds: {
    kind: "gauge",
    help: "When the newest process started, in seconds since 1970.",
  },
  nodejs_heap_used_bytes: { kind: "sum", help: "Memory that JavaScript objects take." },
} as const satisfies Record<string, Metric>;
