import { normalAddress } from "./normal-address.ts";

/** How an address differs from a registered one, the largest difference first. `spelling`: not written as browsers do. */
export type RedirectDifference =
  "scheme" | "host" | "port" | "path" | "query" | "case" | "slash" | "spelling";

export interface NearestRedirect {
  readonly address: string;
  readonly difference: RedirectDifference;
}

/** The registered address closest to the one that was sent, and how they differ; null: none can be compared. */
export function nearestRedirect(sent: string, registered: readonly string[]): NearestRedirect | null {
  const compared = registered.flatMap((address) => {
    const differences = differencesOf(normalAddress(sent) ?? sent, normalAddress(address) ?? address);
    const [difference] = differences;
    return difference === undefined ? [] : [{ address, difference, weight: differences.length }];
  });
  const [nearest] = compared.sort((one, other) => one.weight - other.weight);
  return nearest === undefined ? null : { address: nearest.address, difference: nearest.difference };
}

function differencesOf(sent: string, registered: string): RedirectDifference[] {
  if (!URL.canParse(sent) || sent === registered) {
    return [];
  }
  if (sent.toLowerCase() === registered.toLowerCase()) {
    return ["case"];
  }
  if (withoutSlash(sent) === withoutSlash(registered)) {
    return ["slash"];
  }
  const [one, other] = [new URL(sent), new URL(registered)];
  const differences: (readonly [RedirectDifference, boolean])[] = [
    ["scheme", one.protocol !== other.protocol],
    ["host", one.hostname !== other.hostname],
    ["port", one.port !== other.port],
    ["path", one.pathname !== other.pathname],
    ["query", one.search !== other.search],
  ];
  const found = differences.filter(([, differs]) => differs).map(([name]) => name);
  return found.length === 0 ? ["spelling"] : found;
}

const withoutSlash = (address: string): string => address.replace(/\/$/, "");

/** Whether who sends the one address knows the host of the other: a host, or the private scheme of an app. */
export function isSameHost(sent: string, registered: string): boolean {
  if (!URL.canParse(sent)) {
    return false;
  }
  const [one, other] = [new URL(sent), new URL(registered)];
  return one.hostname === other.hostname && (one.hostname !== "" || one.protocol === other.protocol);
}
