import { createHash } from "node:crypto";
import { contentOf, type StoredEvent } from "./event-content.ts";

/** A position in a chain: the number of events up to there, and their hash. */
export interface ChainMark {
  readonly position: number;
  /** Hexadecimal. */
  readonly hash: string;
}

/** A seal with its event; null when the event is gone. */
export interface SealedEvent extends ChainMark {
  readonly eventId: string;
  readonly event: StoredEvent | null;
}

/** The first place in a chain where it differs from what was sealed. */
export interface ChainFault {
  readonly kind: "changed" | "removed" | "inserted" | "reordered" | "checkpoint" | "other-chain";
  readonly position: number | null;
  readonly eventId: string | null;
}

/** The hash after an event. */
const sealOf = (before: string, event: StoredEvent): string =>
  createHash("sha256").update(Buffer.from(before, "hex")).update(contentOf(event)).digest("hex");

/** Checks consecutive seals; returns the last mark, or the first fault. */
export function checkSeals(
  from: ChainMark,
  seals: readonly SealedEvent[],
): { readonly mark: ChainMark; readonly fault: ChainFault | null } {
  let mark = from;
  for (const seal of seals) {
    const fault = faultOf(mark, seal, seals);
    if (fault !== null) {
      return { mark, fault };
    }
    mark = { position: seal.position, hash: seal.hash };
  }
  return { mark, fault: null };
}

function faultOf(before: ChainMark, seal: SealedEvent, near: readonly SealedEvent[]): ChainFault | null {
  const { position, eventId, event, hash } = seal;
  if (position !== before.position + 1) {
    return { kind: "removed", position: before.position + 1, eventId: null };
  }
  if (event === null) {
    return { kind: "removed", position, eventId };
  }
  if (sealOf(before.hash, event) === hash) {
    return null;
  }
  const isOfAnother = near.some((other) => other.event !== null && sealOf(before.hash, other.event) === hash);
  return { kind: isOfAnother ? "reordered" : "changed", position, eventId };
}
