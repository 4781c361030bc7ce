import { readFileSync } from "node:fs";
import type { Application } from "./application.ts";
import { KNOWN_CLIENTS, type KnownClient } from "./known-clients.ts";

/** A text that is shown filled in: the file of its name in views/snippets. */
interface SnippetFile {
  readonly name: string;
  readonly title: string;
  /** The language of a Markdown code block. */
  readonly snippet: string;
}

/** A client whose configuration is shown. */
interface Snippet extends KnownClient, SnippetFile {
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

/** How a resource server checks the tokens that it gets. */
interface ResourceServerSnippet extends SnippetFile {
  readonly tokens: Application["resourceTokens"];
}

/** For each way of writing a resource server, and each kind of access token. */
export const RESOURCE_SERVER_SNIPPETS: readonly ResourceServerSnippet[] = [
  { name: "resource-server-node", title: "Node: JWTs (jose)", snippet: "js", tokens: "jwt" },
  { name: "resource-server-node-opaque", title: "Node: opaque tokens", snippet: "js", tokens: "opaque" },
  { name: "resource-server-python", title: "Python: JWTs (PyJWT)", snippet: "python", tokens: "jwt" },
  {
    ...{ name: "resource-server-python-opaque", title: "Python: opaque tokens" },
    ...{ snippet: "python", tokens: "opaque" },
  },
  { name: "resource-server-spring", title: "Spring Security: JWTs", snippet: "java", tokens: "jwt" },
  {
    ...{ name: "resource-server-spring-opaque", title: "Spring Security: opaque tokens" },
    ...{ snippet: "yaml", tokens: "opaque" },
  },
  { name: "resource-server-curl", title: "curl: opaque tokens", snippet: "sh", tokens: "opaque" },
];

/** The values of a snippet; never a secret, which the application reads from its own configuration. */
export interface SnippetValues {
  readonly issuer: string;
  readonly clientId: string;
  readonly redirectUri: string;
  /** Where the user is after signing out. */
  readonly signedOutUri: string;
  /** The identifier of the resource server, at whose address it is taken to run. */
  readonly resource: string;
  readonly algorithm: string;
}

const folder = new URL("../../../views/snippets/", import.meta.url);

/** Fills in the values; lines that begin with the scheme of another issuer are left out. Throws when a place has no value. */
export function fillIn({ name }: Pick<SnippetFile, "name">, values: SnippetValues): string {
  const text = readFileSync(new URL(`${name}.txt`, folder), "utf8").trimEnd();
  const { origin, pathname } = placeOf(values.redirectUri);
  const known = new Map<string, string>(Object.entries({ ...values, origin, redirectPath: pathname }));
  return linesFor(values.issuer, text).replaceAll(/\{\{(\w+)\}\}/g, (_, place: string) => {
    const value = known.get(place);
    if (value === undefined) {
      throw new Error(`The snippet ${name} has an unknown place ${place}.`);
    }
    // An address may hold an apostrophe, which would end a string literal of the snippet.
    return value.replaceAll("'", "%27");
  });
}

/** Some libraries refuse an http issuer unless a switch allows it, which has no place beside an https one. */
function linesFor(issuer: string, text: string): string {
  const other = issuer.startsWith("https:") ? "{{http}}" : "{{https}}";
  const fitting = text.split("\n").filter((line) => !line.startsWith(other));
  return fitting.map((line) => line.replace(/^\{\{https?\}\}/, "")).join("\n");
}

/** A scheme of an application's own has no origin. */
function placeOf(address: string): { readonly origin: string; readonly pathname: string } {
  const url = URL.canParse(address) ? new URL(address) : null;
  return { origin: url === null || url.origin === "null" ? "" : url.origin, pathname: url?.pathname ?? "" };
}

/** The snippets for an application's type, filled in with its values. That of the client it was added for comes first. */
export function snippetsOf(application: Application, issuer: string, client: KnownClient | null = null) {
  const { type, redirectUris, idTokenAlgorithm, resources } = application;
  const values = valuesOf(application, issuer);
  const fitting = SNIPPETS.filter(
    (snippet) => snippet.type === type && (resources.length > 0 || !snippet.forResources),
  );
  const isChosen = ({ name }: Snippet): boolean => name === client?.name;
  const ordered = [...fitting.filter(isChosen), ...fitting.filter((snippet) => !isChosen(snippet))];
  const asClient = ordered.map((snippet) => ({
    ...{ name: snippet.name, title: snippet.title, text: fillIn(snippet, values) },
    isChosen: isChosen(snippet),
    missingPath: missingPath(snippet, redirectUris),
    needsAlgorithm:
      snippet.algorithm === undefined || snippet.algorithm === idTokenAlgorithm ? null : snippet.algorithm,
  }));
  return [...asClient, ...snippetsOfResourceServer(application, values)];
}

function snippetsOfResourceServer(application: Application, values: SnippetValues) {
  const { resourceIdentifier, resourceTokens } = application;
  if (resourceIdentifier === null) {
    return [];
  }
  const own = { ...values, resource: resourceIdentifier };
  return RESOURCE_SERVER_SNIPPETS.filter(({ tokens }) => tokens === resourceTokens).map((snippet) => ({
    ...{ name: snippet.name, title: snippet.title, text: fillIn(snippet, own) },
    ...{ isChosen: false, missingPath: null, needsAlgorithm: null },
  }));
}

function valuesOf(application: Application, issuer: string): SnippetValues {
  const { id, redirectUris, postLogoutRedirectUris, idTokenAlgorithm, resources } = application;
  const [redirectUri = ""] = redirectUris;
  const { origin } = placeOf(redirectUri);
  return {
    ...{ issuer, clientId: id, redirectUri, algorithm: idTokenAlgorithm },
    signedOutUri: postLogoutRedirectUris[0] ?? (origin === "" ? "" : `${origin}/`),
    resource: (resources[0] ?? "https://invoices.example.com").replace(/\/$/, ""),
  };
}

/** The end of the redirect URI that the client needs and the application lacks. */
function missingPath({ redirectPath }: KnownClient, redirectUris: readonly string[]): string | null {
  return redirectPath === undefined || redirectUris.some((uri) => uri.endsWith(redirectPath))
    ? null
    : redirectPath;
}
