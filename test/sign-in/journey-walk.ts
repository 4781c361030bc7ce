import { FACT_TYPES, journey, type FactType, type SignIn, type Step } from "../../src/sign-in/journey.ts";

/** A journey as a table: the real one, or one that a mutation has broken. */
export type Table = readonly Step[];

export const realTable: Table = journey;

/** Every situation that a sign-in can be in: facts × account × guard. */
export function everySituation(): SignIn[] {
  const yesAndNo = [true, false];
  return subsetsOf(FACT_TYPES).flatMap((types) =>
    yesAndNo.flatMap((isAccountActive) =>
      yesAndNo.map((isBlocked) => ({
        facts: types.map((type) => ({ type, at: 1 })),
        isAccountActive,
        guard: { isBlocked },
      })),
    ),
  );
}

/** What the journey promises. Each sentence holds in every situation, or is named with a situation that breaks it. */
export const claims: Readonly<Record<string, (table: Table, signIn: SignIn) => boolean>> = {
  "never done without a password": (table, signIn) =>
    !isDone(table, signIn) || has(signIn, "password-proved"),
  "never done for an account that was disabled": (table, signIn) =>
    !isDone(table, signIn) || signIn.isAccountActive,
  "never done for a blocked account": (table, signIn) => !isDone(table, signIn) || !signIn.guard.isBlocked,
  "the block is shown only to somebody who gave the right password": (table, signIn) =>
    next(table, signIn) !== "block" || (has(signIn, "password-proved") && signIn.isAccountActive),
  "every fact moves on": (table, signIn) => {
    const fact = factOf(next(table, signIn));
    return (
      fact === null || !signIn.isAccountActive || next(table, withFact(signIn, fact)) !== next(table, signIn)
    );
  },
  "it always ends when everything is proved and nothing blocks": (table, signIn) =>
    !signIn.isAccountActive || signIn.guard.isBlocked || isDone(table, provedInTurn(table, signIn)),
};

/** The claims that a table breaks. */
export function brokenClaims(table: Table): string[] {
  const situations = everySituation();
  return Object.entries(claims)
    .filter(([, holds]) => situations.some((signIn) => !holds(table, signIn)))
    .map(([sentence]) => sentence);
}

/** The real table with one row dropped, one pair of neighbours swapped, or one row's condition turned off or on. */
export function mutants(): { readonly name: string; readonly table: Table }[] {
  const dropped = realTable.map((step, index) => ({
    name: `without ${step.name}`,
    table: realTable.filter((_, at) => at !== index),
  }));
  const swapped = realTable.slice(1).map((step, index) => ({
    name: `${step.name} before ${realTable[index]?.name ?? ""}`,
    table: realTable.map((kept, at) =>
      at === index ? step : at === index + 1 ? (realTable[index] ?? kept) : kept,
    ),
  }));
  const stuck = realTable.flatMap((step, index) =>
    [true, false].map((always) => ({
      name: `${step.name} ${always ? "always" : "never"} due`,
      table: realTable.map((kept, at) => (at === index ? { ...step, due: () => always } : kept)),
    })),
  );
  const clauses = clauseMutants().map(({ name, step }) => ({
    name,
    table: realTable.map((kept) => (kept.name === step.name ? step : kept)),
  }));
  return [...dropped, ...swapped, ...stuck, ...clauses];
}

/** Each clause of a condition that has several, left out in turn. */
function clauseMutants(): { readonly name: string; readonly step: Step }[] {
  const password = realTable.find((step) => step.name === "password");
  if (password === undefined) {
    return [];
  }
  return [
    {
      name: "password without its first clause",
      step: { ...password, due: (signIn) => !signIn.isAccountActive },
    },
    {
      name: "password without its second clause",
      step: { ...password, due: (signIn) => !has(signIn, "password-proved") },
    },
  ];
}

export const next = (table: Table, signIn: SignIn): string =>
  table.find((step) => step.due(signIn))?.name ?? "done";

const isDone = (table: Table, signIn: SignIn): boolean => next(table, signIn) === "done";

const has = (signIn: SignIn, type: FactType): boolean => signIn.facts.some((fact) => fact.type === type);

const withFact = (signIn: SignIn, type: FactType): SignIn => ({
  ...signIn,
  facts: [...signIn.facts, { type, at: 1 }],
});

/** The fact that the pages of a step prove; null for a step that only waits. */
function factOf(step: string): FactType | null {
  return step === "password" ? "password-proved" : null;
}

function provedInTurn(table: Table, signIn: SignIn): SignIn {
  let current = signIn;
  for (let turns = 0; turns < table.length; turns += 1) {
    const fact = factOf(next(table, current));
    current = fact === null ? current : withFact(current, fact);
  }
  return current;
}

function subsetsOf<T>(items: readonly T[]): T[][] {
  return items.reduce<T[][]>(
    (subsets, item) => [...subsets, ...subsets.map((subset) => [...subset, item])],
    [[]],
  );
}
