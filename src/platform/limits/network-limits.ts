import type { RateLimit } from "./rate-limit-store.ts";

/**
 * The one rule for limits of a network address. An IPv4 address has one counter. IPv6 subscribers get a /64, a /56 or a /48
 * (RFC 6177), and the holder of a /48 could use 65,536 counters of /64 networks. So the wider networks count too, with limits that leave
 * room for neighbours: a mobile network gives each telephone a /64 of one /56. `web/address.ts` makes the `addressGroup`.
 */
const WIDER = [
  { bits: 56, times: 3 },
  { bits: 48, times: 10 },
] as const;

/** The scope of an address or a /64, and those of the wider networks. */
type NetworkScope<Scope extends string> = Scope | `${Scope}-${(typeof WIDER)[number]["bits"]}`;

export interface NetworkLimit<Scope extends string> extends RateLimit {
  readonly scope: NetworkScope<Scope>;
  readonly network: string;
}

/** Limits for the `addressGroup` of a visitor; `limit` is that of an IPv4 address or a /64. `keyOf`: the key of a network. */
export function networkLimits<Scope extends string>(
  addressGroup: string,
  { scope, limit, minutes }: Omit<RateLimit, "key" | "scope"> & { readonly scope: Scope },
  keyOf: (network: string) => Buffer,
): NetworkLimit<Scope>[] {
  const wider = WIDER.flatMap(({ bits, times }): NetworkLimit<Scope>[] => {
    const network = widened(addressGroup, bits);
    const wide = { scope: `${scope}-${bits}`, limit: limit * times, minutes } as const;
    return network === null ? [] : [{ ...wide, network, key: keyOf(network) }];
  });
  return [{ scope, network: addressGroup, key: keyOf(addressGroup), limit, minutes }, ...wider];
}

/** The networks that count for the `addressGroup` of a visitor, the narrowest first. */
export function networksOf(addressGroup: string): string[] {
  const wider = WIDER.map(({ bits }) => widened(addressGroup, bits));
  return [addressGroup, ...wider.filter((network) => network !== null)];
}

/** The widest network that counts for the `addressGroup` of a visitor, and how many times the limit of an address it has. */
export function widestNetwork(addressGroup: string): { readonly network: string; readonly times: number } {
  const wide = WIDER.at(-1);
  const network = wide === undefined ? null : widened(addressGroup, wide.bits);
  return { network: network ?? addressGroup, times: network === null ? 1 : (wide?.times ?? 1) };
}

/** Null for an IPv4 address. */
function widened(addressGroup: string, bits: (typeof WIDER)[number]["bits"]): string | null {
  const [, site = "", subnet = ""] = /^([\da-f:]+):([\da-f]{1,4})::\/64$/.exec(addressGroup) ?? [];
  if (site === "") {
    return null;
  }
  switch (bits) {
    case 56:
      return `${site}:${(Number.parseInt(subnet, 16) & 0xff00).toString(16)}::/56`;
    case 48:
      return `${site}::/48`;
  }
}
