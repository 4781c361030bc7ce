import { expect } from "chai";
import {
  moved,
  numberMoves,
  NUMBER_MOVES,
  NUMBER_PROOFS,
  NUMBER_STATES,
  type NumberMove,
  type NumberMoveRow,
  type NumberMoveState,
  type NumberProof,
} from "../../../src/domain/factors/number-moves.ts";

type Table = readonly NumberMoveRow[];

interface Situation {
  readonly from: NumberMoveState;
  readonly move: NumberMove;
  readonly proof: NumberProof;
}

/** Every state × move × proof. */
const situations: readonly Situation[] = NUMBER_STATES.flatMap((from) =>
  NUMBER_MOVES.flatMap((move) => NUMBER_PROOFS.map((proof) => ({ from, move, proof }))),
);

const end = (table: Table, { from, move, proof }: Situation): NumberMoveState | null =>
  table.find((row) => row.from === from && row.move === move && row.proofs.includes(proof))?.to ?? null;

const hasNumber = (state: NumberMoveState) => state !== "none";
const isConfirmed = (state: NumberMoveState | null) => state === "confirmed" || state === "pending";

/** What the table promises, said without it. */
const claims: Readonly<Record<string, (table: Table, situation: Situation) => boolean>> = {
  "T37 the password alone can do nothing to a number but ask for a change": (table, situation) =>
    situation.proof !== "password" || end(table, situation) === null || situation.move === "request",
  "T37 a code to a new number, without another factor, never replaces a confirmed one": (table, situation) =>
    situation.proof !== "code" || !isConfirmed(situation.from) || end(table, situation) === null,
  "T37 a change is asked for beside a confirmed number only, by its user, and once": (table, situation) =>
    situation.move !== "request" ||
    end(table, situation) ===
      (situation.from === "confirmed" && situation.proof === "password" ? "pending" : null),
  "T38 a change waits for another person to approve it": (table, situation) =>
    situation.move !== "approve" ||
    end(table, situation) ===
      (situation.from === "pending" && situation.proof === "administrator" ? "confirmed" : null),
  "T38 a change is cancelled by an administrator or by the link of a notice, and the old number stays": (
    table,
    situation,
  ) =>
    situation.move !== "cancel" ||
    end(table, situation) ===
      (situation.from === "pending" && ["administrator", "link"].includes(situation.proof)
        ? "confirmed"
        : null),
  "T37 the link of a notice can cancel and nothing else": (table, situation) =>
    situation.proof !== "link" || end(table, situation) === null || situation.move === "cancel",
  "an administrator enters a number in every state, and it is never confirmed by that": (table, situation) =>
    situation.move !== "enter" ||
    end(table, situation) === (situation.proof === "administrator" ? "unconfirmed" : null),
  "an administrator removes every number there is": (table, situation) =>
    situation.move !== "remove" ||
    end(table, situation) ===
      (situation.proof === "administrator" && hasNumber(situation.from) ? "none" : null),
  "a code confirms a number where none is confirmed, with or without another factor": (table, situation) =>
    situation.move !== "confirm" ||
    isConfirmed(situation.from) ||
    end(table, situation) === (["code", "factor-and-code"].includes(situation.proof) ? "confirmed" : null),
  "a code and another factor replace a confirmed number, also while a change waits": (table, situation) =>
    situation.move !== "confirm" ||
    !isConfirmed(situation.from) ||
    end(table, situation) === (situation.proof === "factor-and-code" ? "confirmed" : null),
};

const brokenClaim = (table: Table): string | undefined =>
  Object.entries(claims).find(([, holds]) => situations.some((situation) => !holds(table, situation)))?.[0];

/** The table with a row dropped, one proof more or less, or another end. */
function mutants(): { name: string; table: Table }[] {
  return numberMoves.flatMap((row, index) => {
    const name = `${row.from} ${row.move}`;
    const withRow = (changed: NumberMoveRow) =>
      numberMoves.map((other, at) => (at === index ? changed : other));
    return [
      { name: `${name} dropped`, table: numberMoves.filter((_, at) => at !== index) },
      ...NUMBER_PROOFS.map((proof) => {
        const has = row.proofs.includes(proof);
        const proofs = has ? row.proofs.filter((other) => other !== proof) : [...row.proofs, proof];
        return { name: `${name} ${has ? "without" : "with"} ${proof}`, table: withRow({ ...row, proofs }) };
      }),
      ...NUMBER_STATES.filter((to) => to !== row.to).map((to) => ({
        name: `${name} to ${to}`,
        table: withRow({ ...row, to }),
      })),
    ];
  });
}

/** The table with a row more, for each move that it does not have. */
function additions(): { name: string; table: Table }[] {
  const missing = NUMBER_STATES.flatMap((from) => NUMBER_MOVES.map((move) => ({ from, move }))).filter(
    ({ from, move }) => !numberMoves.some((row) => row.from === from && row.move === move),
  );
  return missing.flatMap(({ from, move }) =>
    NUMBER_PROOFS.map((proof) => {
      const row: NumberMoveRow = { from, move, to: "confirmed", proofs: [proof] };
      return { name: `${from} ${move} by ${proof}`, table: [...numberMoves, row] };
    }),
  );
}

describe(`the moves of a mobile number, in all ${String(situations.length)} situations`, () => {
  for (const [sentence, holds] of Object.entries(claims)) {
    it(sentence, () => {
      expect(situations.find((situation) => !holds(numberMoves, situation))).to.equal(undefined);
    });
  }

  it("are what `moved` says", () => {
    const different = situations.find(
      (situation) => moved(situation.from, situation.move, situation.proof) !== end(numberMoves, situation),
    );
    expect(different).to.equal(undefined);
  });

  it("have one row each", () => {
    expect(new Set(numberMoves.map(({ from, move }) => `${from} ${move}`)).size).to.equal(numberMoves.length);
  });

  it("lead from every state to a confirmed number, and back to none", () => {
    const reach = (start: NumberMoveState) => {
      const seen = new Set<NumberMoveState>([start]);
      for (const state of seen) {
        numberMoves.filter(({ from }) => from === state).forEach(({ to }) => seen.add(to));
      }
      return [...seen].sort();
    };
    for (const state of NUMBER_STATES) {
      expect(reach(state), state).to.deep.equal([...NUMBER_STATES].sort());
    }
  });
});

describe("a table of moves that was broken on purpose", () => {
  it("is noticed when a row is dropped, leads elsewhere, or takes one proof more or less", () => {
    const all = mutants();
    expect(all.length).to.be.above(100);
    expect(all.filter(({ table }) => brokenClaim(table) === undefined).map(({ name }) => name)).to.deep.equal(
      [],
    );
  });

  it("is noticed when it has a row more", () => {
    const all = additions();
    expect(all.length).to.be.above(40);
    expect(all.filter(({ table }) => brokenClaim(table) === undefined).map(({ name }) => name)).to.deep.equal(
      [],
    );
  });
});
