import ipaddr from "ipaddr.js";

/** Of IPv6 only this is given to machines of the internet (IANA); what no list of special ranges has is outside of it. */
const INTERNET_6 = ipaddr.IPv6.parseCIDR("2000::/3");

/** Whether an IP address belongs to a machine on the internet, and to none inside a network (IANA special-purpose registries). */
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
