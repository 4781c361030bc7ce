import { fillIn, SNIPPETS } from "../src/domain/applications/snippets.ts";
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
    const { title, types, language, path, algorithm, forResources } = snippet;
    const notes = [
      `For ${types.map((type) => `\`${type}\``).join(", ")} applications.`,
      ...(path === undefined ? [] : [`Redirect address: \`https://YOUR-HOST${path}\`.`]),
      ...(forResources === true ? ["The application is registered with `--resource`."] : []),
      ...(algorithm === undefined ? [] : [`Wants ID tokens signed with ${algorithm}.`]),
    ];
    return `## ${title}\n\n${notes.join(" ")}\n\n\`\`\`${language}\n${fillIn(snippet, EXAMPLE)}\n\`\`\`\n`;
  });
  return `# Snippets\n\n${madeFrom("src/domain/applications/snippets.ts and views/snippets")}\n\nThe console shows these on an application's page, filled in.\n\n${sections.join("\n")}`;
}
