/**
 * The sign-in. Somebody brings facts; the journey below is a table of steps in order, and the first step that is due
 * is shown. When none is due, oidc-provider is told, once. Start here, then `engine.ts` for how a click runs
 * through it, then `pages/` for what each page asks. The next page is always derived and never stored.
 */

/** Something that was proved in this sign-in, and when (seconds since 1970). */
export interface Fact {
  readonly type: FactType;
  readonly at: number;
}

export const FACT_TYPES = ["password-proved"] as const;
export type FactType = (typeof FACT_TYPES)[number];

/** All that the journey may look at; read fresh at every click. */
export interface SignIn {
  readonly facts: readonly Fact[];
  /** Whether the user and the office may be signed in. False as well while nobody is known. */
  readonly isAccountActive: boolean;
  /** The second-factor guard of the user. */
  readonly guard: { readonly isBlocked: boolean };
}

export interface Step {
  readonly name: string;
  /** Pages of the step; the first one is where it begins. */
  readonly pages: readonly string[];
  readonly due: (signIn: SignIn) => boolean;
  /** Why the step is there, for docs/journey.md. */
  readonly because: string;
}

export const journey = [
  {
    name: "password",
    pages: ["password"],
    due: (signIn) => !has(signIn, "password-proved") || !signIn.isAccountActive,
    because: "Nobody goes on without a right password, and nobody whose account was disabled meanwhile.",
  },
  {
    name: "block",
    pages: ["blocked"],
    due: (signIn) => signIn.guard.isBlocked,
    because: "Too many wrong codes: the account waits. Only whoever gave the right password learns of it.",
  },
] as const satisfies readonly Step[];

export type StepName = (typeof journey)[number]["name"];
export type PageName = (typeof journey)[number]["pages"][number];

/** The first step that is due, or "done". */
export const nextStep = (signIn: SignIn): StepName | "done" =>
  journey.find((step) => step.due(signIn))?.name ?? "done";

/** The step that a page belongs to; undefined for an unknown page. */
export const stepOf = (page: string) => journey.find((step) => step.pages.some((name) => name === page));

/** Where a step begins. */
export function firstPage(name: StepName): PageName {
  const step = journey.find((candidate) => candidate.name === name);
  if (step === undefined) {
    throw new Error(`No step ${name}.`);
  }
  return step.pages[0];
}

const has = (signIn: SignIn, type: FactType): boolean =>
  signIn.facts.some((fact) => fact.type === type);
