import { journey, type Step } from "../src/screens/sign-in/journey.ts";
import type { FactType, SignIn } from "../src/screens/sign-in/sign-in-state.ts";
import { everySituation } from "../test/screens/sign-in/journey-situations.ts";
import { next } from "../test/screens/sign-in/journey-walk.ts";
import { emptySignIn } from "../src/screens/sign-in/sign-in-row.ts";
import { code, madeFrom, markdownTable } from "./markdown.ts";

/** The journey as a table, and as a diagram of all transitions between situations. */
export function journeyDocument(): string {
  const rows = journey.map((step: Step, index) => [
    `${String(index + 1)}. ${step.name}`,
    step.pages.map(code).join(", "),
    code(sourceOf(step)),
    step.because,
  ]);
  return `${madeFrom("src/screens/sign-in/journey.ts")}

# The journey

A sign-in brings facts. At every click the first step that is due is shown; when none is due, the application gets its
answer. The next step is always derived and never stored.

${markdownTable(["step", "pages", "due when", "because"], rows)}

## What leads where

Found by walking through ${String(everySituation().length)} situations. Arrows are facts; a dotted arrow is
something that happens outside of the sign-in.

\`\`\`mermaid
${diagram()}
\`\`\`
`;
}

const sourceOf = ({ due }: Step): string => due.toString().replace(/^\(?\w*\)?\s*=>\s*/, "");

function diagram(): string {
  const nodes = journey.map((step: Step) => `  ${idOf(step.name)}["${step.name}"]`);
  const arrows = [...new Set(everySituation().flatMap(arrowsFrom))].sort();
  const first = next(journey, emptySignIn());
  return [
    "flowchart TD",
    '  application(["the application asks"])',
    ...nodes,
    '  done(["the application gets its answer"])',
    `  application --> ${idOf(first)}`,
    ...arrows,
  ].join("\n");
}

/** The transitions of each fact from a situation; for a step that no fact ends, the transition when its cause is gone. */
function arrowsFrom(signIn: SignIn): string[] {
  const from = next(journey, signIn);
  if (from === "done") {
    return [];
  }
  const proves: readonly FactType[] = journey.find((step) => step.name === from)?.proves ?? [];
  const byFacts = proves.flatMap((type) => {
    const to = next(journey, withFact(signIn, type));
    return to === from ? [] : [`  ${idOf(from)} -->|${type}| ${idOf(to)}`];
  });
  return byFacts.length > 0 || !isReached(signIn) ? byFacts : whenUnblocked(signIn, from);
}

function whenUnblocked(signIn: SignIn, from: string): string[] {
  const to = next(journey, { ...signIn, guard: { isBlocked: false, isFrozen: false } });
  return to === from ? [] : [`  ${idOf(from)} -.->|the block ends| ${idOf(to)}`];
}

const isReached = (signIn: SignIn): boolean => signIn.isAccountActive && signIn.facts.length > 0;

const withFact = (signIn: SignIn, type: FactType): SignIn => ({
  ...signIn,
  facts: [...signIn.facts.filter((fact) => fact.type !== type), { type, at: 1 }],
});

/** With a prefix, because a node cannot have a reserved word of Mermaid as its id, such as "end". */
const idOf = (name: string): string => (name === "done" ? "done" : `step_${name.replaceAll("-", "_")}`);
