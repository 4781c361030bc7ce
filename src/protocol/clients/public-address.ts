import { BlockList, isIP } from "node:net";

/** IPv4 addresses that are no machine of the internet (IANA special-purpose registry, and everything from 224 on). */
const NOT_PUBLIC_4: readonly (readonly [string, number])[] = [
  ["0.0.0.0", 8],
  ["10.0.0.0", 8],
  ["100.64.0.0", 10],
  ["127.0.0.0", 8],
  ["169.254.0.0", 16],
  ["172.16.0.0", 12],
  ["192.0.0.0", 24],
  ["192.0.2.0", 24],
  ["192.31.196.0", 24],
  ["192.52.193.0", 24],
  ["192.88.99.0", 24],
  ["192.168.0.0", 16],
  ["192.175.48.0", 24],
  ["198.18.0.0", 15],
  ["198.51.100.0", 24],
  ["203.0.113.0", 24],
  ["224.0.0.0", 3],
];

/** Of IPv6 only 2000::/3 is the internet; these parts of it are tunnels to IPv4, examples or special. */
const NOT_PUBLIC_6: readonly (readonly [string, number])[] = [
  ["2001::", 23],
  ["2001:db8::", 32],
  ["2002::", 16],
  ["2620:4f:8000::", 48],
  ["3fff::", 20],
];

const blocked = new BlockList();
NOT_PUBLIC_4.forEach(([net, prefix]) => {
  blocked.addSubnet(net, prefix, "ipv4");
});
NOT_PUBLIC_6.forEach(([net, prefix]) => {
  blocked.addSubnet(net, prefix, "ipv6");
});
const internet6 = new BlockList();
internet6.addSubnet("2000::", 3, "ipv6");

/** Whether an IP address belongs to a machine on the internet, and to none inside a network. */
export function isPublicAddress(address: string): boolean {
  switch (isIP(address)) {
    case 4:
      return !blocked.check(address, "ipv4");
    case 6:
      return internet6.check(address, "ipv6") && !blocked.check(address, "ipv6");
    default:
      return false;
  }
}
