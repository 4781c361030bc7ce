import { isIP, isIPv6 } from "node:net";

/**
 * A network address as it is logged and counted: IPv4 without its IPv6 wrapping, no zone, and without the port that
 * some proxies write behind it, which would make every connection another visitor. Null for what is none.
 */
export function plainAddress(text: string): string | null {
  const [, inBrackets, withPort] = /^\[(.*)\](?::\d+)?$|^([\d.]+):\d+$/.exec(text) ?? [];
  const address = (inBrackets ?? withPort ?? text).replace(/^::ffff:(?=\d+\.)/i, "").replace(/%.*$/, "");
  return isIP(address) === 0 ? null : address;
}

/** What one subscriber has: the address itself, or the first 64 bits of an IPv6 address. */
export function addressGroup(address: string): string {
  if (!isIPv6(address)) {
    return address;
  }
  const [head = "", tail = ""] = address.toLowerCase().split("::");
  const before = head.split(":").filter((part) => part !== "");
  const after = tail.split(":").filter((part) => part !== "");
  const zeros = address.includes("::") ? 8 - before.length - after.length : 0;
  const groups = [...before, ...Array.from({ length: Math.max(0, zeros) }, () => "0"), ...after];
  const network = groups.slice(0, 4).map((group) => (Number.parseInt(group, 16) || 0).toString(16));
  return `${network.join(":")}::/64`;
}
