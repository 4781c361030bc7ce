const EVERYWHERE = new Map([
  ["0.0.0.0", "127.0.0.1"],
  ["::", "::1"],
]);

/** The address at which this machine reaches a server that listens on `host` and `port`. */
export function ownAddress({ host, port }: { readonly host: string; readonly port: number }): string {
  const name = EVERYWHERE.get(host) ?? host;
  return `http://${name.includes(":") ? `[${name}]` : name}:${String(port)}`;
}
