/** Passed at each start instead of being stored in the cluster, so that a new version of Vestibule can change them. */
const SETTINGS = {
  listen_addresses: "127.0.0.1",
  unix_socket_directories: "",
  cluster_name: "vestibule",
  max_connections: "60",
  shared_buffers: "64MB",
  jit: "off",
  // Saves a process; the server receives no replication.
  max_logical_replication_workers: "0",
  password_encryption: "scram-sha-256",
  timezone: "UTC",
  log_timezone: "UTC",
  log_checkpoints: "off",
  // Logs neither statements nor their values, which contain personal data.
  log_error_verbosity: "terse",
  log_min_error_statement: "panic",
};

/** For tests, which run several servers and need no data after a crash. */
const UNSAFE = { fsync: "off", synchronous_commit: "off", full_page_writes: "off", max_connections: "300" };

/** Arguments for the server. No value may contain a space or a quote: on Windows they pass through a shell. */
export function settingArguments(port: number, fsync: boolean): string[] {
  const settings = { ...SETTINGS, port: String(port), ...(fsync ? {} : UNSAFE) };
  return Object.entries(settings).flatMap(([name, value]) => ["-c", `${name}=${value}`]);
}
