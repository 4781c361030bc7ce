import { PLANS, type Plan } from "../test/conformance/modules.ts";
import { code, madeFrom, markdownTable } from "./markdown.ts";

/** The conformance suite's modules, and what stands for each here; the tests take their names from the same table. */
export function conformanceDocument(): string {
  return `${madeFrom("test/conformance/modules.ts")}

# Conformance

Each module of these plans of the OpenID Foundation's suite is a test of its name in \`test/conformance/\`, driven over
HTTP against a running Vestibule; \`mocha test/conformance/*.test.ts\` runs them all. A module that has nothing to test
here stands with the reason. The tests follow the suite's published descriptions: they are no certification.

${Object.values(PLANS).map(sectionOf).join("\n\n")}
`;
}

function sectionOf({ title, name, about, modules }: Plan): string {
  const rows = modules.map((module) => [
    code(module.name),
    module.checks,
    module.notApplicable === undefined ? "tested" : `does not apply: ${module.notApplicable}`,
  ]);
  return `## ${title}

${code(name)}. ${about}

${markdownTable(["module", "checks", "here"], rows)}`;
}
