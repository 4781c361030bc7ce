import { ARTEFACTS, CUTS, REASONS } from "./cuts-table.ts";
import { markdownTable } from "./markdown.ts";

/** The table of what lives after which change, for the document about the security checks. */
export function cutsSection(): string {
  const cuts = Object.entries(CUTS);
  const columns = cuts.map((_, place) => String(place + 1));
  const rows = Object.entries(ARTEFACTS).map(([name, { about, lives }]) => {
    const reasons: Readonly<Record<string, string | undefined>> = lives;
    return [`**${name}**: ${about}`, ...cuts.map(([cut]) => reasons[cut] ?? "–")];
  });
  return `## What ends what

Everything that was proved before a change is dead after it, to the second ([decision 0050](decisions/0050-judged-by-when-it-was-proved.md)). "–": gives
nothing any more. A letter: may live on, for the reason below. The test T121 walks every cell against a running server, and once without a change, where all of them must live.

${cuts.map(([cut, about], place) => `${String(place + 1)}. **${cut}**: ${about}`).join("\n")}

${markdownTable(["", ...columns], rows)}

${Object.entries(REASONS)
  .map(([letter, reason]) => `- **${letter}**: ${reason}`)
  .join("\n")}
`;
}
