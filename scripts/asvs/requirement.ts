/** How far a requirement is met. Everything but `met` needs a note. */
export const STATES = ["met", "by setting", "partly", "not yet", "not applicable"] as const;
type State = (typeof STATES)[number];

/** A requirement of OWASP ASVS 5.0 of level 1 or 2. */
export interface Requirement {
  readonly id: string;
  readonly level: 1 | 2;
  /** What it wants, in our words. */
  readonly about: string;
  readonly state: State;
  /** Files of the project in which it is met, or said. */
  readonly where: readonly string[];
  /** Security checks whose tests prove it. */
  readonly checks: readonly number[];
  /** Files of tests that prove it, where no check does or where they show the very point. */
  readonly tests?: readonly string[];
  /** Why it is not met in full, or what a reader would wonder about. */
  readonly note?: string;
}

/** The requirements of one chapter. */
export interface Chapter {
  readonly title: string;
  readonly requirements: readonly Requirement[];
}
