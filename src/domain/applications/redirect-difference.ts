/** How an address differs from a registered one, the largest difference first. */
type RedirectDifference = "scheme" | "host" | "port" | "path" | "query" | "case" | "slash";

interface NearestRedirect {
  readonly address: string;
  readonly difference: RedirectDifference;
}

/** The registered address closest to the one that was sent, and how they differ; null: none can be compared. */
export function nearestRedirect(sent: string, registered: readonly string[]): NearestRedirect | null {
  const compared = registered.flatMap((address) => {
    const differences = differencesOf(sent, address);
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
  // The rest is spelling: a part that the URL has twice, or a fragment.
  return found.length === 0 ? ["path"] : found;
}

const withoutSlash = (address: string): string => address.replace(/\/$/, "");
