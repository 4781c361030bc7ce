import { Signal } from "../../kernel/signal.ts";
import type { Queryable } from "../../platform/database/database.ts";
import type { AuditSealStore, Chain } from "./audit-seal-store.ts";
import { checkSeals, type ChainFault, type ChainMark } from "./chain-check.ts";

/** The result of verifying a chain. */
export interface ChainReport {
  /** How many sealed events were checked. */
  readonly checked: number;
  /** The events before this were pruned. */
  readonly checkpoint: ChainMark;
  /** Keep it elsewhere: with it, you can prove later that nothing before it was changed. */
  readonly head: ChainMark;
  /** Events without a seal yet, and since when the oldest has waited (seconds since 1970). */
  readonly unsealed: number;
  readonly unsealedSince: number | null;
  readonly fault: ChainFault | null;
}

/** A chain, or a part of it, was verified. */
export const chainVerified = new Signal<{ readonly officeId: string | null; readonly isWhole: boolean }>();

const PAGE = 1_000;

/** Verifies a chain from its checkpoint to its end, page by page, on one snapshot of the database. */
export class ChainVerification {
  readonly #store: AuditSealStore;

  constructor(store: AuditSealStore) {
    this.#store = store;
  }

  /** `known`: a head that was kept elsewhere; the chain must still contain it. */
  verify(officeId: string | null, known: ChainMark | null = null): Promise<ChainReport> {
    return this.#store.inSnapshot(officeId, async (tx) => {
      const chain = await this.#store.chain(tx);
      const sealed = await this.#checkSealed(tx, chain, { officeId, known });
      const waiting = await this.#checkUnsealed(tx, officeId);
      const fault = sealed.fault ?? waiting.fault;
      chainVerified.emit({ officeId, isWhole: fault === null });
      return {
        checked: sealed.mark.position - chain.checkpoint.position,
        ...chain,
        unsealed: waiting.count,
        unsealedSince: waiting.since,
        fault,
      };
    });
  }

  /** Verifies the last `count` seals of a chain, and that they lead to its stored end. Returns whether they do. */
  verifyEnd(officeId: string | null, count: number): Promise<boolean> {
    return this.#store.inSnapshot(officeId, async (tx) => {
      const { head, checkpoint } = await this.#store.chain(tx);
      const before = head.position - count;
      // One more than is checked: its hash is where the check begins.
      const isPart = before > checkpoint.position;
      const [known] = isPart ? await this.#store.seals(tx, before - 1, 1) : [checkpoint];
      const from = known ?? checkpoint;
      const { mark, fault } = checkSeals(from, await this.#store.seals(tx, from.position, count));
      const isWhole = fault === null && endFault(mark, head, null) === null;
      chainVerified.emit({ officeId, isWhole });
      return isWhole;
    });
  }

  async #checkSealed(tx: Queryable, chain: Chain, { officeId, known }: Asked) {
    let mark = chain.checkpoint;
    let fault = knownFault([chain.checkpoint], known) ?? (await this.#checkpointFault(tx, chain, officeId));
    while (fault === null) {
      const seals = await this.#store.seals(tx, mark.position, PAGE);
      if (seals.length === 0) {
        return { mark, fault: endFault(mark, chain.head, known) };
      }
      const checked = checkSeals(mark, seals);
      fault = checked.fault ?? knownFault(seals, known);
      mark = checked.mark;
    }
    return { mark, fault };
  }

  /** An attacker who shortens a chain leaves no event of it, or one that breaks the chain. */
  async #checkpointFault(tx: Queryable, { checkpoint }: Chain, officeId: string | null) {
    const { position } = checkpoint;
    const isRecorded = position === 0 || (await this.#store.hasCheckpoint(tx, officeId, checkpoint));
    return isRecorded ? null : ({ kind: "checkpoint", position, eventId: null } as const);
  }

  async #checkUnsealed(tx: Queryable, officeId: string | null) {
    const found: { count: number; since: number | null; fault: ChainFault | null } = {
      count: 0,
      since: null,
      fault: null,
    };
    let after = "0";
    for (;;) {
      const { last, events } = await this.#store.withoutSeal(tx, officeId, { after, limit: PAGE });
      if (last === null) {
        return found;
      }
      const waiting = events.filter(({ waits }) => waits);
      const inserted = events.find(({ waits }) => !waits);
      found.count += waiting.length;
      found.since ??= waiting[0]?.at ?? null;
      found.fault ??=
        inserted === undefined ? null : { kind: "inserted", position: null, eventId: inserted.id };
      after = last;
    }
  }
}

interface Asked {
  readonly officeId: string | null;
  readonly known: ChainMark | null;
}

function knownFault(marks: readonly ChainMark[], known: ChainMark | null): ChainFault | null {
  const same = marks.find(({ position }) => position === known?.position);
  return same === undefined || same.hash === known?.hash
    ? null
    : { kind: "other-chain", position: same.position, eventId: null };
}

/** The stored head, or one that was kept elsewhere, reveals seals that are missing at the end. */
function endFault(mark: ChainMark, head: ChainMark, known: ChainMark | null): ChainFault | null {
  const isWhole = mark.position >= Math.max(head.position, known?.position ?? 0);
  if (isWhole && mark.hash === head.hash) {
    return null;
  }
  return { kind: isWhole ? "other-chain" : "removed", position: mark.position + 1, eventId: null };
}
