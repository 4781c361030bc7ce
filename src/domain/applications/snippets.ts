import { readFileSync } from "node:fs";
import type { Application } from "./application.ts";
import type { ApplicationType } from "./application-types.ts";

/** How a library is configured for Vestibule; the text is the file of this name in views/snippets. */
interface Snippet {
  readonly name: string;
  readonly title: string;
  /** The language of a Markdown code block. */
  readonly language: string;
  readonly types: readonly ApplicationType[];
  /** The path of the redirect address, where the library chooses it itself. */
  readonly path?: string;
  /** Set where the library accepts ID tokens of this algorithm only. */
  readonly algorithm?: "RS256";
  /** It calls a resource server; shown where the application may ask for one. */
  readonly forResources?: true;
}

/** The list of snippets: the console fills them in, and docs/snippets.md shows all of them. */
export const SNIPPETS: readonly Snippet[] = [
  { name: "openid-client", title: "openid-client (Node)", language: "js", types: ["web"] },
  {
    ...{ name: "openid-client-api", title: "openid-client with a resource server", language: "js" },
    ...{ types: ["web"], forResources: true },
  },
  {
    ...{ name: "auth-js", title: "Auth.js", language: "js", types: ["web"] },
    path: "/api/auth/callback/vestibule",
  },
  {
    ...{ name: "express-openid-connect", title: "express-openid-connect", language: "js", types: ["web"] },
    path: "/callback",
  },
  { name: "passport", title: "Passport", language: "js", types: ["web"] },
  {
    ...{ name: "spring-security", title: "Spring Security", language: "yaml", types: ["web"] },
    ...{ path: "/login/oauth2/code/vestibule", algorithm: "RS256" },
  },
  {
    ...{ name: "aspnet-core", title: "ASP.NET Core", language: "csharp", types: ["web"] },
    path: "/signin-oidc",
  },
  { name: "authlib", title: "Authlib with Flask", language: "python", types: ["web"] },
  {
    ...{ name: "mozilla-django-oidc", title: "mozilla-django-oidc", language: "python", types: ["web"] },
    path: "/oidc/callback/",
  },
  {
    ...{ name: "omniauth", title: "OmniAuth", language: "ruby", types: ["web"] },
    path: "/auth/openid_connect/callback",
  },
  { name: "mod-auth-openidc", title: "mod_auth_openidc (Apache)", language: "apache", types: ["web"] },
  { name: "oauth2-proxy", title: "oauth2-proxy", language: "ini", types: ["web"], path: "/oauth2/callback" },
  { name: "oidc-client-ts", title: "oidc-client-ts", language: "js", types: ["browser"] },
  {
    ...{ name: "oidc-client-ts-api", title: "oidc-client-ts with a resource server", language: "js" },
    ...{ types: ["browser"], forResources: true },
  },
  { name: "appauth-ios", title: "AppAuth for iOS", language: "swift", types: ["native"] },
  { name: "appauth-android", title: "AppAuth for Android", language: "kotlin", types: ["native"] },
  { name: "curl", title: "curl", language: "sh", types: ["machine"] },
];

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

/** The snippets for an application's type, filled in with its values. */
export function snippetsOf(application: Application, issuer: string) {
  const { id, type, redirectUris, idTokenAlgorithm, resources } = application;
  const [redirectUri = ""] = redirectUris;
  const url = URL.canParse(redirectUri) ? new URL(redirectUri) : null;
  const values = {
    ...{ issuer, clientId: id, redirectUri, algorithm: idTokenAlgorithm },
    origin: url === null || url.origin === "null" ? "" : url.origin,
  };
  const fitting = SNIPPETS.filter(
    ({ types, forResources = false }) => types.includes(type) && (resources.length > 0 || !forResources),
  );
  return fitting.map((snippet) => ({
    ...{ name: snippet.name, title: snippet.title, text: fillIn(snippet, values) },
    /** Where a redirect address is missing that the library needs. */
    missingPath:
      snippet.path === undefined || redirectUris.some((uri) => uri.endsWith(snippet.path ?? ""))
        ? null
        : snippet.path,
    needsAlgorithm:
      snippet.algorithm === undefined || snippet.algorithm === idTokenAlgorithm ? null : snippet.algorithm,
  }));
}
