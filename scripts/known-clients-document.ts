import { KNOWN_CLIENTS, type KnownClient } from "../src/domain/applications/known-clients.ts";
import { SNIPPETS } from "../src/domain/applications/snippets.ts";
import { clientCommand } from "./client-command.ts";
import { code, madeFrom, markdownTable } from "./markdown.ts";

/** What is registered for each client, from the table that `app add --for` and the console read. */
export function knownClientsDocument(): string {
  const clients = [...KNOWN_CLIENTS].sort((one, other) => one.title.localeCompare(other.title, "en"));
  const commands = clients.map((client) => [titleOf(client), code(clientCommand(client))]);
  const rows = clients.map((client) => [
    client.title,
    client.type,
    ...addressesOf(client),
    switchesOf(client),
  ]);
  const notes = clients.flatMap(({ title, note }) => (note === undefined ? [] : [`- **${title}.** ${note}`]));
  return `${madeFrom("src/domain/applications/known-clients.ts")}

# Clients that are known

One command registers an application with what its client needs, and so does "Made with" on the console's page for a new application. \`--at\` is where the
client runs; its own paths are added. Every other option wins, and \`--first-party\` asks your own users for no consent. [applications.md](applications.md) says what follows.

${markdownTable(["made with", "command"], commands)}

## What is registered

Paths are below the address of \`--at\`. Of an empty cell the application chooses itself, or has none.

${markdownTable(["made with", "type", "redirect", "after sign-out", "back-channel", "switches"], rows)}

## What to set on the client's side

${notes.join("\n")}
`;
}

function titleOf({ name, title, snippet }: KnownClient): string {
  const heading = SNIPPETS.find((one) => one.name === name)?.title ?? title;
  return snippet === undefined ? title : `[${title}](snippets.md#${anchorOf(heading)})`;
}

/** As Markdown makes it of a heading. */
const anchorOf = (heading: string): string =>
  heading
    .toLowerCase()
    .replaceAll(/[^\w\- ]/g, "")
    .replaceAll(" ", "-");

function addressesOf(client: KnownClient): string[] {
  const { redirectPath, orBelow, signedOutPath, backchannelPath, settings } = client;
  const redirects = [
    redirectPath,
    redirectPath === undefined || orBelow === undefined ? undefined : `${orBelow}${redirectPath}`,
    ...(settings?.redirectUris ?? []),
  ];
  return [
    listed(redirects),
    listed([signedOutPath === "" ? "the address" : signedOutPath]),
    listed([backchannelPath]),
  ];
}

const listed = (paths: readonly (string | undefined)[]): string =>
  paths
    .flatMap((path) => (path === undefined ? [] : [path === "the address" ? path : code(path)]))
    .join(", ");

function switchesOf({ type, algorithm, settings }: KnownClient): string {
  return [
    settings?.idTokenClaims === true ? "`--id-token-claims`" : "",
    settings?.deviceFlow === true ? "`--device-flow`" : "",
    type === "browser" ? "CORS for its origin" : "",
    algorithm === undefined ? "" : `takes ${algorithm} alone`,
  ]
    .filter((one) => one !== "")
    .join(", ");
}
