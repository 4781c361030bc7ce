/** Given at every start, not kept in the cluster: a new version of Vestibule brings its settings along. */
const SETTINGS = {
  listen_addresses: "127.0.0.1",
  unix_socket_directories: "",
  cluster_name: "vestibule",
  max_connections: "60",
  shared_buffers: "64MB",
  jit: "off",
  // Saves a process; nothing is replicated from elsewhere.
  max_logical_replication_workers: "0",
  password_encryption: "scram-sha-256",
  timezone: "UTC",
  log_timezone: "UTC",
  log_checkpoints: "off",
  // Neither statements nor the values in them: they hold personal data.
  log_error_verbosity: "terse",
  log_min_error_statement: "panic",
};

/** Loses data in a crash; for tests, which begin anew anyway, and which run several servers at once. */
const UNSAFE = { fsync: "off", synchronous_commit: "off", full_page_writes: "off", max_connections: "300" };

/** Arguments for the server program. No value holds a blank or a quote: on Windows they pass through a shell. */
export function settingArguments(port: number, fsync: boolean): string[] {
  const settings = { ...SETTINGS, port: String(port), ...(fsync ? {} : UNSAFE) };
  return Object.entries(settings).flatMap(([name, value]) => ["-c", `${name}=${value}`]);
}
