import type { ChainFault } from "../domain/audit/chain-check.ts";

/** The first broken row, as text. */
export function describeChainFault({ kind, position, eventId }: ChainFault): string {
  const event = eventId === null ? "" : ` (event ${eventId})`;
  const place = `${position === null ? "" : ` at position ${String(position)}`}${event}`;
  switch (kind) {
    case "changed":
      return `BROKEN: the event${place} was changed`;
    case "removed":
      return `BROKEN: the event${place} was removed`;
    case "inserted":
      return `BROKEN: an event${place} was inserted past the log`;
    case "reordered":
      return `BROKEN: the event${place} was moved`;
    case "checkpoint":
      return `BROKEN: events${place} and before were removed, and the log has no event about it`;
    case "other-chain":
      return `BROKEN: the chain${place} is another than the one that was known`;
  }
}
