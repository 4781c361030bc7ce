import { BlockList, isIPv4, isIPv6 } from "node:net";

/** Networks that are not the internet: private ones and a single link (RFC 1918, RFC 3927, RFC 4193, RFC 4291 section 2.5.6). */
const PRIVATE = new BlockList();
PRIVATE.addSubnet("10.0.0.0", 8);
PRIVATE.addSubnet("172.16.0.0", 12);
PRIVATE.addSubnet("192.168.0.0", 16);
PRIVATE.addSubnet("169.254.0.0", 16);
PRIVATE.addSubnet("fd00::", 8, "ipv6");
PRIVATE.addSubnet("fe80::", 10, "ipv6");

/**
 * Whether plain http leads to a name of this computer (`app.localhost`) or into a private network. Both are for development
 * alone: others in the network can read along, and not every system resolves such a name itself (RFC 6761 section 6.3).
 */
export function isForDevelopment({ protocol, hostname }: URL): boolean {
  if (protocol !== "http:") {
    return false;
  }
  const address = hostname.replace(/^\[|\]$/g, "");
  return (
    hostname.endsWith(".localhost") ||
    (isIPv4(address) && PRIVATE.check(address)) ||
    (isIPv6(address) && PRIVATE.check(address, "ipv6"))
  );
}
