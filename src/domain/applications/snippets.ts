import { readFileSync } from "node:fs";
import type { Application } from "./application.ts";
import { KNOWN_CLIENTS, type KnownClient } from "./known-clients.ts";

/** A client whose configuration is shown; the text is the file of its name in views/snippets. */
interface Snippet extends KnownClient {
  /** The language of a Markdown code block. */
  readonly snippet: string;
  /** It calls a resource server; shown where the application may ask for one. */
  readonly forResources: boolean;
}

/** The list of snippets: the console fills them in, and docs/snippets.md shows all of them. */
export const SNIPPETS: readonly Snippet[] = KNOWN_CLIENTS.flatMap((client) => {
  const { name, title, snippet } = client;
  if (snippet === undefined) {
    return [];
  }
  const plain = { ...client, snippet, forResources: false };
  const calling = {
    name: `${name}-api`,
    title: `${title.replace(/ \(.*/, "")} with a resource server`,
    forResources: true,
  };
  return client.apiSnippet === true ? [plain, { ...plain, ...calling }] : [plain];
});

/** The values of a snippet; never a secret, which the application reads from its own configuration. */
export interface SnippetValues {
  readonly issuer: string;
  readonly clientId: string;
  readonly redirectUri: string;
  readonly origin: string;
  readonly algorithm: string;
}

const folder = new URL("../../../views/snippets/", import.meta.url);

/** Fills in the values. Throws when a placeholder has no value. */
export function fillIn({ name }: Pick<Snippet, "name">, values: SnippetValues): string {
  const text = readFileSync(new URL(`${name}.txt`, folder), "utf8").trimEnd();
  const known = new Map<string, string>(Object.entries(values));
  return text.replaceAll(/\{\{(\w+)\}\}/g, (_, place: string) => {
    const value = known.get(place);
    if (value === undefined) {
      throw new Error(`The snippet ${name} has an unknown place ${place}.`);
    }
    // An address may hold an apostrophe, which would end a string literal of the snippet.
    return value.replaceAll("'", "%27");
  });
}

/** The snippets for an application's type, filled in with its values. That of the client it was added for comes first. */
export function snippetsOf(application: Application, issuer: string, client: KnownClient | null = null) {
  const { id, type, redirectUris, idTokenAlgorithm, resources } = application;
  const [redirectUri = ""] = redirectUris;
  const url = URL.canParse(redirectUri) ? new URL(redirectUri) : null;
  const values = {
    ...{ issuer, clientId: id, redirectUri, algorithm: idTokenAlgorithm },
    origin: url === null || url.origin === "null" ? "" : url.origin,
  };
  const fitting = SNIPPETS.filter(
    (snippet) => snippet.type === type && (resources.length > 0 || !snippet.forResources),
  );
  const isChosen = ({ name }: Snippet): boolean => name === client?.name;
  const ordered = [...fitting.filter(isChosen), ...fitting.filter((snippet) => !isChosen(snippet))];
  return ordered.map((snippet) => ({
    ...{ name: snippet.name, title: snippet.title, text: fillIn(snippet, values) },
    isChosen: isChosen(snippet),
    missingPath: missingPath(snippet, redirectUris),
    needsAlgorithm:
      snippet.algorithm === undefined || snippet.algorithm === idTokenAlgorithm ? null : snippet.algorithm,
  }));
}

/** The end of the redirect address that the client needs and the application lacks. */
function missingPath({ redirectPath }: KnownClient, redirectUris: readonly string[]): string | null {
  return redirectPath === undefined || redirectUris.some((uri) => uri.endsWith(redirectPath))
    ? null
    : redirectPath;
}
