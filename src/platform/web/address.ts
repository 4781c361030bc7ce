import { isIP, isIPv6 } from "node:net";

/**
 * Normalises an IP address for the log and for rate limits: IPv4 without its IPv6 mapping, no zone, no port. Some proxies append
 * the port, with which every connection would have a limit of its own. Null when the text is not an IP address.
 */
export function plainAddress(text: string): string | null {
  const [, inBrackets, withPort] = /^\[(.*)\](?::\d+)?$|^([\d.]+):\d+$/.exec(text) ?? [];
  const address = (inBrackets ?? withPort ?? text).replace(/^::ffff:(?=\d+\.)/i, "").replace(/%.*$/, "");
  return isIP(address) === 0 ? null : address;
}

/** The range that one subscriber controls: an IPv4 address, or the /64 network of an IPv6 address. */
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
