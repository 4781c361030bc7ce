/**
 * A host name with a-z, 0-9, `.` and `-` (others are in punycode there), or an IPv6 address in brackets. Then a port. The URL
 * standard allows more in a host, such as `;` and `,`, which end a directive and a policy of CSP.
 */
const HOST = /^(?:[a-z0-9.-]+|\[[0-9a-f:.]+\])(?::\d{1,5})?$/;

/** Whether the host is safe in any header. Names of other characters do not exist in DNS for web servers (RFC 1123 section 2.1). */
export const hasPlainHost = ({ host }: URL): boolean => HOST.test(host);

/** The fault of an address without a plain host. */
export const NOT_PLAIN_HOST = "must have a host of letters, digits, dots and hyphens";
