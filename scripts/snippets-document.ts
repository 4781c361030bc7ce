import { fillIn, SNIPPETS } from "../src/domain/applications/snippets.ts";
import { clientCommand } from "./client-command.ts";
import { madeFrom } from "./markdown.ts";

const EXAMPLE = {
  issuer: "https://id.example.com",
  clientId: "app_…",
  redirectUri: "https://ledger.example.com/callback",
  origin: "https://ledger.example.com",
  algorithm: "RS256",
};

/** The configuration of each library with example values; the console shows real ones. */
export function snippetsDocument(): string {
  const sections = SNIPPETS.map((snippet) => {
    const { title, type, note, forResources } = snippet;
    const notes = forResources
      ? [`A \`${type}\` application that is registered with \`--resource\`.`]
      : [`A \`${type}\` application: \`${clientCommand(snippet)}\`.`, note ?? ""];
    return `## ${title}\n\n${notes.join(" ").trim()}\n\n\`\`\`${snippet.snippet}\n${fillIn(snippet, EXAMPLE)}\n\`\`\`\n`;
  });
  return `# Snippets\n\n${madeFrom("src/domain/applications/snippets.ts and views/snippets")}\n\nThe console shows these on an application's page, filled in.\n\n${sections.join("\n")}`;
}
