import ipaddr from "ipaddr.js";

/** The only IPv6 range that IANA assigns to the internet. It also excludes ranges that no list of special ranges names. */
const INTERNET_6 = ipaddr.IPv6.parseCIDR("2000::/3");

/** Whether an IP address is on the public internet (IANA special-purpose registries). */
export function isPublicAddress(address: string): boolean {
  if (ipaddr.IPv4.isValidFourPartDecimal(address)) {
    return ipaddr.IPv4.parse(address).range() === "unicast";
  }
  if (!ipaddr.IPv6.isValid(address)) {
    return false;
  }
  const parsed = ipaddr.IPv6.parse(address);
  return parsed.match(INTERNET_6) && parsed.range() === "unicast";
}
