const EVERYWHERE = new Map([
  ["0.0.0.0", "127.0.0.1"],
  ["::", "::1"],
]);

/** Where this machine reaches the server that listens like this. */
export function ownAddress({ host, port }: { readonly host: string; readonly port: number }): string {
  const name = EVERYWHERE.get(host) ?? host;
  return `http://${name.includes(":") ? `[${name}]` : name}:${String(port)}`;
}
