/**
 * The modules of the OpenID Foundation's conformance suite, plan by plan. The tests take their names from here; a
 * plan's test file fails when a module of this table has no test that ran. What they said is kept (results.ts), and
 * docs/conformance.md is made from both.
 */
export interface Module {
  /** As the suite names it. */
  readonly name: string;
  readonly checks: string;
  /** Why a module has nothing to test here, as a certifier would be answered. */
  readonly notApplicable?: string;
}

export interface Plan {
  readonly name: string;
  readonly title: string;
  readonly about: string;
  readonly modules: readonly Module[];
}

export const tests = (name: string, checks: string): Module => ({ name, checks });
export const skips = (name: string, checks: string, notApplicable: string): Module => ({
  name,
  checks,
  notApplicable,
});
