import { clientCommand } from "./client-command.ts";
import { fillIn, RESOURCE_SERVER_SNIPPETS, SNIPPETS } from "../src/domain/applications/snippets.ts";
import { madeFrom } from "./markdown.ts";

const EXAMPLE = {
  issuer: "https://id.example.com",
  clientId: "app_…",
  redirectUri: "https://ledger.example.com/callback",
  signedOutUri: "https://ledger.example.com/",
  resource: "https://invoices.example.com",
  algorithm: "RS256",
};

/** The configuration of each library with example values; the console shows real ones. */
export function snippetsDocument(): string {
  const sections = SNIPPETS.map((snippet) => {
    const { title, type, note, forResources } = snippet;
    const notes = forResources
      ? [`A \`${type}\` application that is registered with \`--resource\`.`]
      : [`A \`${type}\` application: \`${clientCommand(snippet)}\`.`, note ?? ""];
    return `## ${title}\n\n${notes.join(" ").trim()}\n\n${blockOf(snippet)}`;
  });
  const servers = RESOURCE_SERVER_SNIPPETS.map((snippet) => `### ${snippet.title}\n\n${blockOf(snippet)}`);
  return `# Snippets\n\n${madeFrom("src/domain/applications/snippets.ts and views/snippets")}\n\nThe console shows these on an application's page, filled in. ${RUN}\n\n${sections.join("\n")}\n${RESOURCE_SERVERS}\n\n${servers.join("\n")}`;
}

const RUN =
  "The tests run those for openid-client, Auth.js, express-openid-connect, Passport, Authlib, OmniAuth, mod_auth_openidc, oidc-client-ts, curl and resource servers in Node and Python word for word, with an http issuer and an https one: sign-in, name, API, refresh, sign-out ([test/foreign-clients](../test/foreign-clients)). Those for Spring Security, ASP.NET Core, mozilla-django-oidc, oauth2-proxy and AppAuth follow the documentation of their libraries.";

const RESOURCE_SERVERS =
  "## Resource servers\n\nA `machine` application with an address of its own: `npx vestibule app add --type machine --name Invoices --resource-identifier https://invoices.example.com --resource-scopes invoices:read`. It gets JWTs, or with `--resource-tokens opaque` references, which the issuer is asked about. Its page in the console shows these, filled in.";

const blockOf = (snippet: { readonly name: string; readonly snippet: string }): string =>
  `\`\`\`${snippet.snippet}\n${fillIn(snippet, EXAMPLE)}\n\`\`\`\n`;
