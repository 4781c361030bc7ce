import {
  newApplicationSchema,
  type Application,
  type NewApplication,
} from "../../domain/applications/application.ts";
import type { Fields } from "../../platform/web/form.ts";
import type { Translate } from "../../kernel/languages.ts";
import type { FieldError } from "../../platform/web/page-kit.ts";

/** What the console lets somebody write about an application, in the order of the page. The rest stays as it is. */
export const APPLICATION_FIELDS = [
  "name",
  "redirectUris",
  "postLogoutRedirectUris",
  "corsOrigins",
  "backchannelLogoutUri",
  "homeUrl",
  "logoUrl",
  "idTokenAlgorithm",
  "consent",
] as const;

/** The fields of an application, each a text. */
export const applicationValues = (application: NewApplication): Fields => ({
  name: application.name,
  redirectUris: application.redirectUris.join("\n"),
  postLogoutRedirectUris: application.postLogoutRedirectUris.join("\n"),
  corsOrigins: application.corsOrigins.join("\n"),
  backchannelLogoutUri: application.backchannelLogoutUri ?? "",
  homeUrl: application.homeUrl ?? "",
  logoUrl: application.logoUrl ?? "",
  idTokenAlgorithm: application.idTokenAlgorithm,
  consent: application.firstParty ? "never" : "asked",
});

export type ReadApplication =
  | { readonly type: "draft"; readonly draft: NewApplication }
  | { readonly type: "errors"; readonly errors: readonly FieldError[] };

/** Reads a form over what there is (for a new one: its type alone), with each fault at its field. */
export function readApplication(
  there: Partial<Application> | { readonly type: string },
  typed: Fields,
  t: Translate,
): ReadApplication {
  const parsed = newApplicationSchema.safeParse({
    ...there,
    name: typed["name"],
    redirectUris: linesOf(typed["redirectUris"]),
    postLogoutRedirectUris: linesOf(typed["postLogoutRedirectUris"]),
    corsOrigins: linesOf(typed["corsOrigins"]),
    backchannelLogoutUri: orNull(typed["backchannelLogoutUri"]),
    homeUrl: orNull(typed["homeUrl"]),
    logoUrl: orNull(typed["logoUrl"]),
    idTokenAlgorithm: typed["idTokenAlgorithm"],
    firstParty: typed["consent"] === "never",
  });
  if (parsed.success) {
    return { type: "draft", draft: parsed.data };
  }
  const wrong = new Set(parsed.error.issues.map(({ path }) => FIELD_OF[String(path[0])] ?? null));
  return {
    type: "errors",
    errors: [...wrong].map((field) => ({ field, message: t(`console.wrong.app.${field ?? "other"}`) })),
  };
}

/** What was typed, of the form's fields alone. */
export const typedApplication = (fields: Fields): Fields =>
  Object.fromEntries(APPLICATION_FIELDS.map((name) => [name, (fields[name] ?? "").replaceAll("\r\n", "\n")]));

/** Faults of other settings, such as keys, are nobody's who fills in this form. */
const FIELD_OF: Readonly<Record<string, string>> = {
  ...Object.fromEntries(APPLICATION_FIELDS.map((name) => [name, name])),
  type: "type",
  firstParty: "consent",
  resources: "consent",
  fapi: "idTokenAlgorithm",
};

const linesOf = (text = ""): string[] => text.split(/\s+/).filter((line) => line !== "");
const orNull = (text = ""): string | null => (text.trim() === "" ? null : text.trim());
