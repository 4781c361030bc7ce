import { PLANS, type Plan } from "../test/conformance/modules.ts";
import { resultsOf } from "../test/conformance/results.ts";
import { code, madeFrom, markdownTable } from "./markdown.ts";

/** The conformance suite's modules, with the last results of the tests that are named after them. */
export function conformanceDocument(): string {
  return `${madeFrom("test/conformance/modules.ts and test/conformance/results")}

# Conformance

Each module of these plans of the OpenID Foundation's suite is a test of its name in \`test/conformance/\`, driven over
HTTP against a running Vestibule; \`mocha test/conformance/*.test.ts\` runs them all and writes down what they say, which
is what this page shows. A module that does not apply has the reason beside it. The tests follow the suite's
published descriptions: they are no certification.

${Object.values(PLANS).map(sectionOf).join("\n\n")}
`;
}

function sectionOf(plan: Plan): string {
  const { title, name, about, modules } = plan;
  const results = resultsOf(plan);
  const rows = modules.map(({ name: module, checks, notApplicable }) => [
    code(module),
    checks,
    notApplicable === undefined ? (results[module] ?? "**not run**") : `does not apply: ${notApplicable}`,
  ]);
  return `## ${title}

${code(name)}. ${about}

${markdownTable(["module", "checks", "here"], rows)}`;
}
