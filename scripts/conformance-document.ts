import { CONFORMANCE_PLANS, type ConformancePlan } from "../src/cli/conformance-plans.ts";
import { PLANS } from "../test/conformance/modules.ts";
import type { Module } from "../test/conformance/plan-module.ts";
import { resultsOf } from "../test/conformance/results.ts";
import { SUITE_PLANS } from "../test/conformance/suite/suite-plans.ts";
import { suiteResultsOf, type SuiteResults } from "../test/conformance/suite/suite-results.ts";
import { explanationOf } from "../test/conformance/suite/suite-remarks.ts";
import { code, madeFrom, markdownTable } from "./markdown.ts";

/** The conformance suite's modules, with the last results of the suite and of the tests that are named after them. */
export function conformanceDocument(): string {
  return `${madeFrom("test/conformance/modules.ts, test/conformance/results and test/conformance/suite/results")}

# Conformance

The OpenID Foundation's conformance suite runs these plans against a Vestibule. The column "the suite said" is what it
answered when it ran last, in its own words:

- \`PASSED\`.
- \`WARNING\`: passed, but the suite would rather see something else. The reason is in the row.
- \`REVIEW\`: passed, and a certifier looks at a picture of the page that the user saw.
- \`SKIPPED\`: what the module tests is not offered here, and discovery says so.

Where the column has a dash, the suite's plan does not hold the module for applications that are registered beforehand.
Each module is also a test of its name in \`test/conformance/\`, which sends what the suite sends and runs with
\`npm test\`; the column "our test" is what these said last. None of this is a certification.

## Run it yourself

The suite must reach the issuer, which must be https. The user is one without a second factor, with a proved email address
(\`user add … --mail-proved\`). For each plan, \`app import\` registers the applications that the plan needs
and prints the suite's configuration, complete:

\`\`\`sh
npx vestibule app import --plan basic --alias ours --suite https://www.certification.openid.net > basic.json
\`\`\`

Paste it into the suite's form, choose what the plan's section says, and start the modules. Or have them all started, with the
pages answered by a browser of its own, from a clone of this repository:

\`\`\`sh
CONFORMANCE_TOKEN=… CONFORMANCE_PASSWORD=… npm run conformance -- basic.json --plan basic \\
  --suite https://www.certification.openid.net --office PLAIN --username anna
\`\`\`

The token is an API token of the suite's service; a suite on your own machine needs none. What the suite says is kept in
\`test/conformance/suite/results\`, and \`npm run docs\` writes it down here.

${CONFORMANCE_PLANS.map(sectionOf).join("\n\n")}
`;
}

function sectionOf(plan: ConformancePlan): string {
  const { title, name, about, modules } = PLANS[plan];
  const [ours, suite] = [resultsOf(PLANS[plan]), suiteResultsOf(plan)];
  const rows = modules.map((module) => [
    code(module.name),
    module.checks,
    saidOf(module, suite),
    module.notApplicable === undefined ? (ours[module.name] ?? "**not run**") : "does not apply",
  ]);
  const when = suite === null ? "**not run**" : `version ${suite.version}, ${suite.date}`;
  return `## ${title}

${code(name)}, ${code(`--plan ${plan}`)}. ${about} In the form: ${variantOf(plan)}. The suite: ${when}.

${markdownTable(["module", "checks", "the suite said", "our test"], rows)}`;
}

function variantOf(plan: ConformancePlan): string {
  const chosen = Object.entries(SUITE_PLANS[plan].variant).map(([name, value]) => `${name} ${code(value)}`);
  return chosen.length === 0 ? "nothing to choose" : chosen.join(", ");
}

function saidOf({ name, notApplicable }: Module, suite: SuiteResults | null): string {
  const said = suite?.modules[name];
  if (said === undefined) {
    return notApplicable === undefined ? "–" : `– ${notApplicable}`;
  }
  const reasons = [notApplicable ?? explanationOf(name) ?? "", ...said.remarks.map(code)];
  return [said.result, ...reasons.filter((reason) => reason !== "")].join(": ");
}
