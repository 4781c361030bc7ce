import { cutsSection } from "./cuts-section.ts";
import { claimsSection } from "./claims-table.ts";
import { asvsSection } from "./asvs-document.ts";
import { madeFrom } from "./markdown.ts";
import { MEANINGS } from "./security-meanings.ts";
import { SUBJECTS } from "./security-subjects.ts";
import { readSecurityTitles, type SecurityTitle } from "./security-titles.ts";

/** The security checks with the tests that name them. Throws for a number without a meaning. */
export function securityDocument(): string {
  const titles = readSecurityTitles();
  const known = Object.keys(MEANINGS).map(Number);
  const unknown = titles.flatMap(({ checks }) => checks).filter((check) => !known.includes(check));
  if (unknown.length > 0) {
    throw new Error(`scripts/security-meanings.ts has no check ${unknown.join(", ")}, but a test names it.`);
  }
  const untested = known.filter((check) => testsOf(check, titles).length === 0);
  return `${madeFrom("test titles, scripts/security-meanings.ts, scripts/asvs/ and the tables of scripts/")}

# Security checks

What Vestibule has to withstand, as ${String(known.length)} numbered checks. A test that covers a check, or a part of one, begins its title with the
number (\`T30 …\`). "…" marks words that a table in the test fills in. That a test names a check does not prove that
the check is covered in full: read the titles. At the end: where the requirements of OWASP ASVS are met.

**Checks that no test names: ${untested.length === 0 ? "none" : untested.map(nameOf).join(", ")}.**

${SUBJECTS.map(({ title, from }, place) => {
  const end = SUBJECTS[place + 1]?.from ?? Infinity;
  const checks = known.filter((check) => check >= from && check < end);
  return [`## ${title}`, ...checks.map((check) => sectionOf(check, titles))].join("\n\n");
}).join("\n\n")}

${cutsSection()}

${claimsSection()}

${asvsSection()}
`;
}

function sectionOf(check: number, titles: readonly SecurityTitle[]): string {
  const tests = testsOf(check, titles);
  const covered = tests.length === 0 ? "No test names it yet." : listOf(tests);
  return [`### ${nameOf(check)}`, MEANINGS[check] ?? "", covered].join("\n\n");
}

/** One line for each file, with all its titles. */
function listOf(tests: readonly SecurityTitle[]): string {
  const files = Map.groupBy(tests, ({ file }) => file);
  return [...files]
    .map(([file, found]) => {
      const titles = [...new Set(found.map(({ title }) => `"${oneLine(title)}"`))];
      return `- [${file.replace(/^test\//, "")}](../${file}): ${titles.join("; ")}`;
    })
    .join("\n");
}

/** Escapes the characters that Markdown would interpret. */
const oneLine = (title: string): string => title.replaceAll(/\s+/g, " ").replaceAll(/[<>*_[\]`\\]/g, "\\$&");

const testsOf = (check: number, titles: readonly SecurityTitle[]): SecurityTitle[] =>
  titles.filter(({ checks }) => checks.includes(check));

const nameOf = (check: number): string => `T${String(check)}`;
