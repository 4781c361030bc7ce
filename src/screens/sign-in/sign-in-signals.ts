import { Signal } from "../../kernel/signal.ts";
import { Work } from "../../kernel/work.ts";
import type { StepName } from "./journey.ts";

/** What a user met at a step of the journey: its page was shown, what it asks for was proved, or refused. */
export interface StepSeen {
  readonly step: StepName;
  /** The page; for a proof the fact. */
  readonly what: string;
  readonly outcome: "shown" | "proved" | "refused";
  /** Null before the password. */
  readonly officeId: string | null;
}

export const stepSeen = new Signal<StepSeen>();

/** One request at a step: its page is opened, or its form submitted. `step`: that of the page, which need not be due. */
export const stepWork = new Work<{ readonly what: "open" | "submit"; readonly step: StepName | "due" }>();

/** A sign-in was completed; once, whatever is clicked twice. `methods`: as in the audit log. */
export const signInFinished = new Signal<{
  readonly methods: readonly string[];
  readonly isTrusted: boolean;
  readonly officeId: string;
}>();

/** A user has cancelled a sign-in. */
export const signInLeft = new Signal<{ readonly officeId: string | null }>();
