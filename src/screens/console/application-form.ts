import type {
  Application,
  ApplicationSchema,
  NewApplication,
} from "../../domain/applications/application.ts";
import type { AddressFault } from "../../domain/applications/address-fault.ts";
import type { z } from "zod";
import type { Fields } from "../../platform/web/form.ts";
import type { Translate } from "../../kernel/languages.ts";
import type { FieldError } from "../../platform/web/page-kit.ts";
import { typedAddress } from "../../kernel/typed-text/typed-text.ts";

/** The fields of an application that the console can change, in the order of the page. All others keep their values. */
export const APPLICATION_FIELDS = [
  "name",
  "redirectUris",
  "postLogoutRedirectUris",
  "corsOrigins",
  "backchannelLogoutUri",
  "homeUrl",
  "logoUrl",
  "idTokenAlgorithm",
  "claimsIn",
  "usernames",
  "addresses",
  "refreshTokens",
  "consent",
] as const;

/** The fields of an application, each as text. */
export const applicationValues = (application: NewApplication): Fields => ({
  name: application.name,
  redirectUris: application.redirectUris.join("\n"),
  postLogoutRedirectUris: application.postLogoutRedirectUris.join("\n"),
  corsOrigins: application.corsOrigins.join("\n"),
  backchannelLogoutUri: application.backchannelLogoutUri ?? "",
  homeUrl: application.homeUrl ?? "",
  logoUrl: application.logoUrl ?? "",
  idTokenAlgorithm: application.idTokenAlgorithm,
  claimsIn: application.idTokenClaims ? "idToken" : "userinfo",
  usernames: application.bareUsername ? "bare" : "office",
  addresses: application.unverifiedEmail ? "all" : "proved",
  refreshTokens: application.rotateRefreshTokens ? "rotated" : "kept",
  consent: application.firstParty ? "never" : "asked",
});

export type ReadApplication =
  | { readonly type: "draft"; readonly draft: NewApplication }
  | { readonly type: "errors"; readonly errors: readonly FieldError[] };

/** Parses a form on top of the stored application (a new one has a type, and what its client wants). Each error belongs to a field. */
export function readApplication(
  schema: ApplicationSchema,
  stored: Partial<Omit<Application, "type">> & { readonly type: string },
  typed: Fields,
  t: Translate,
): ReadApplication {
  const parsed = schema.safeParse({
    ...stored,
    name: typed["name"],
    redirectUris: linesOf(typed["redirectUris"]),
    postLogoutRedirectUris: linesOf(typed["postLogoutRedirectUris"]),
    corsOrigins: linesOf(typed["corsOrigins"]),
    backchannelLogoutUri: orNull(typed["backchannelLogoutUri"]),
    homeUrl: orNull(typed["homeUrl"]),
    logoUrl: orNull(typed["logoUrl"]),
    idTokenAlgorithm: typed["idTokenAlgorithm"],
    idTokenClaims: typed["claimsIn"] === "idToken",
    bareUsername: typed["usernames"] === "bare",
    unverifiedEmail: typed["addresses"] === "all",
    // The form has the field only where there is a choice.
    ...(typed["refreshTokens"] === "" ? {} : { rotateRefreshTokens: typed["refreshTokens"] === "rotated" }),
    firstParty: typed["consent"] === "never",
  });
  if (parsed.success) {
    return { type: "draft", draft: parsed.data };
  }
  const { issues } = parsed.error;
  const wrong = new Set(issues.map(fieldOf));
  return {
    type: "errors",
    errors: [...wrong].map((field) => ({
      field,
      message: messageOf(
        field,
        issues.filter((issue) => fieldOf(issue) === field),
        t,
      ),
    })),
  };
}

const fieldOf = ({ path }: z.core.$ZodIssue): string | null => FIELD_OF[String(path[0])] ?? null;

/** More wrong addresses than these are found one after another. */
const MAX_NAMED = 3;

/** The rule and the nearest right form of each wrong address; of other faults, what the field takes. */
function messageOf(field: string | null, issues: readonly z.core.$ZodIssue[], t: Translate): string {
  const named = issues.flatMap((issue) => addressOf(issue) ?? []).slice(0, MAX_NAMED);
  return named.length === 0
    ? t(`console.wrong.app.${field ?? "other"}`)
    : named.map((fault) => addressMessage(fault, t)).join(" ");
}

function addressMessage({ rule, address, nearest }: AddressFault, t: Translate): string {
  const wrong = t(`console.wrong.address.${rule}`, { address });
  return nearest === null ? wrong : `${wrong} ${t("console.wrong.address.nearest", { address: nearest })}`;
}

/** The schema's own rules carry the address with them. */
function addressOf(issue: z.core.$ZodIssue): AddressFault | null {
  const carried: unknown = issue.code === "custom" ? issue.params?.["address"] : null;
  return isAddressFault(carried) ? carried : null;
}

const isAddressFault = (carried: unknown): carried is AddressFault =>
  typeof carried === "object" && carried !== null && "rule" in carried;

/** The typed values, restricted to the fields of the form. */
export const typedApplication = (fields: Fields): Fields =>
  Object.fromEntries(APPLICATION_FIELDS.map((name) => [name, (fields[name] ?? "").replaceAll("\r\n", "\n")]));

/** The field of each error. Errors in other settings, such as keys, cannot be fixed in this form and have none. */
const FIELD_OF: Readonly<Record<string, string>> = {
  ...Object.fromEntries(APPLICATION_FIELDS.map((name) => [name, name])),
  type: "type",
  firstParty: "consent",
  rotateRefreshTokens: "refreshTokens",
  resources: "consent",
  fapi: "idTokenAlgorithm",
};

const linesOf = (text = ""): string[] =>
  text
    .split(/\s+/)
    .map(typedAddress)
    .filter((line) => line !== "");
const orNull = (text = ""): string | null => (typedAddress(text) === "" ? null : typedAddress(text));
