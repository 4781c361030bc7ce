import type { SignIn } from "../../../src/screens/sign-in/sign-in-state.ts";
import { claims, next, type Table } from "./journey-walk.ts";

/** A situation, and the step that is due in it. */
export interface Walked {
  readonly signIn: SignIn;
  readonly step: string;
}

export const walk = (table: Table, situations: readonly SignIn[]): Walked[] =>
  situations.map((signIn) => ({ signIn, step: next(table, signIn) }));

/**
 * The first claim that a changed table breaks; null when it keeps them all. Nearly every change is caught where the
 * next step is another than before, and there in few situations; what is not is looked for in all of them.
 */
export function brokenClaim(table: Table, walked: readonly Walked[]): string | null {
  const moved = (among: readonly Walked[]) =>
    among.filter(({ signIn, step }) => next(table, signIn) !== step);
  for (const one of SAMPLED) {
    const broken = brokenIn(table, moved(oneOf(one, walked)));
    if (broken !== null) {
      return broken;
    }
  }
  return brokenIn(table, moved(walked)) ?? brokenIn(table, oneOf(17, walked)) ?? brokenIn(table, walked);
}

/** One situation of so many is looked at, few at first. Primes, so that no kind of situation is left out. */
const SAMPLED = [1009, 127, 17];

const oneOf = (many: number, walked: readonly Walked[]): Walked[] =>
  Array.from({ length: Math.ceil(walked.length / many) }, (_, index) => walked[index * many]).filter(
    (one) => one !== undefined,
  );

function brokenIn(table: Table, walked: readonly Walked[]): string | null {
  const all = Object.entries(claims);
  for (const { signIn } of walked) {
    const broken = all.find(([, holds]) => !holds(table, signIn));
    if (broken !== undefined) {
      return broken[0];
    }
  }
  return null;
}

/** Where each claim is broken first, by its sentence; empty when all of them hold everywhere. */
export function brokenClaims(table: Table, situations: readonly SignIn[]): Map<string, SignIn> {
  const broken = new Map<string, SignIn>();
  const all = Object.entries(claims);
  for (const signIn of situations) {
    const sentences = all.filter(([sentence, holds]) => !holds(table, signIn) && !broken.has(sentence));
    sentences.forEach(([sentence]) => broken.set(sentence, signIn));
  }
  return broken;
}
