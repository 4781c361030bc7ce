import { AUTHENTICATION } from "./asvs/authentication.ts";
import { OAUTH } from "./asvs/oauth.ts";
import { STATES, type Chapter, type Requirement } from "./asvs/requirement.ts";
import { SESSIONS } from "./asvs/sessions.ts";
import { markdownTable } from "./markdown.ts";

export const CHAPTERS: readonly Chapter[] = [AUTHENTICATION, SESSIONS, OAUTH];

/** The requirements of OWASP ASVS 5.0 with where each is met: a section of docs/security-checks.md. */
export function asvsSection(): string {
  const all = CHAPTERS.flatMap(({ requirements }) => requirements);
  const counts = STATES.map(
    (state) => `${String(all.filter((each) => each.state === state).length)} ${state}`,
  );
  return `## OWASP ASVS 5.0, levels 1 and 2

The [standard](https://github.com/OWASP/ASVS/tree/v5.0.0_release/5.0/en)'s chapters about what an identity provider is for, in our own words; the numbers are the standard's.
Of ${String(all.length)} requirements are ${counts.join(", ")}. "By setting" means: met where the operator or the office has set it so, and the note says what holds without.

${CHAPTERS.map(({ title, requirements }) => `### ${title}\n\n${tableOf(requirements)}`).join("\n\n")}`;
}

const tableOf = (requirements: readonly Requirement[]): string =>
  markdownTable(
    ["number", "level", "what it wants", "met", "where", "proved by"],
    requirements.map((requirement) => [
      requirement.id,
      String(requirement.level),
      requirement.about,
      [requirement.state, requirement.note].filter((text) => text !== undefined).join(". "),
      requirement.where.map(linkTo).join(", "),
      [
        ...requirement.checks.map((check) => `[T${String(check)}](#t${String(check)})`),
        ...(requirement.tests ?? []).map(linkTo),
      ].join(", "),
    ]),
  );

/** From docs/, by the name of the file alone: the whole path would make the table too wide to read. */
const linkTo = (file: string): string => `[${file.split("/").at(-1) ?? file}](../${file})`;
