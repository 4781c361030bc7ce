import {
  KNOWN_CLIENTS,
  knownClient,
  registrationOf,
  takesPaths,
  type KnownClient,
  type KnownRegistration,
} from "../../domain/applications/known-clients.ts";
import type { Translate } from "../../kernel/languages.ts";
import type { Fields } from "../../platform/web/form.ts";
import type { FieldError } from "../../platform/web/page-kit.ts";
import { typedAddress } from "../../kernel/typed-text/typed-text.ts";

/** The fields of a new application's form that say what it is made with, besides those of every application. */
export const CLIENT_FIELDS = ["client", "address"] as const;

/** What is left empty comes from the table of clients (`KNOWN_CLIENTS`). */
interface FilledIn {
  readonly type: "filled";
  /** Null: something else, of which the form says everything. */
  readonly client: KnownClient | null;
  /** What the form has no field for. */
  readonly registration: KnownRegistration | { readonly type: string };
  readonly fields: Fields;
  /** The fields that the address has filled in. */
  readonly byAddress: ReadonlySet<string>;
}
type Filling = FilledIn | { readonly type: "errors"; readonly errors: readonly FieldError[] };

/** Fills in what the chosen client wants of its registration. Every field that was typed wins. */
export function fillIn(typed: Fields, t: Translate): Filling {
  const { client: name = "", address = "", type = "" } = typed;
  const at = typedAddress(address);
  if (name === "") {
    return at === ""
      ? { type: "filled", client: null, registration: { type }, fields: typed, byAddress: new Set() }
      : wrong("address", t("console.wrong.app.addressAlone"));
  }
  const client = knownClient(name);
  if (client === undefined) {
    return wrong("client", t("console.wrong.app.client"));
  }
  const fault = addressFault(client, at, typed, t);
  return fault === null ? filled(client, at === "" ? null : at, typed) : wrong("address", fault);
}

const wrong = (field: string, message: string): Filling => ({ type: "errors", errors: [{ field, message }] });

function addressFault(
  { redirectPath, title }: KnownClient,
  at: string,
  { redirectUris = "" }: Fields,
  t: Translate,
): string | null {
  if (at !== "") {
    return takesPaths(at) ? null : t("console.wrong.app.address");
  }
  return redirectPath === undefined || redirectUris.trim() !== ""
    ? null
    : t("console.wrong.app.addressMissing", { client: title, path: redirectPath });
}

function filled(client: KnownClient, address: string | null, typed: Fields): FilledIn {
  const registration = registrationOf(client, address);
  const { redirectUris, postLogoutRedirectUris, corsOrigins, backchannelLogoutUri } = registration;
  const wanted: Fields = {
    name: client.title,
    redirectUris: redirectUris?.join("\n") ?? "",
    postLogoutRedirectUris: postLogoutRedirectUris?.join("\n") ?? "",
    corsOrigins: corsOrigins?.join("\n") ?? "",
    backchannelLogoutUri: backchannelLogoutUri ?? "",
  };
  const empty = Object.keys(wanted).filter((name) => (typed[name] ?? "").trim() === "");
  return {
    ...{ type: "filled", client, registration },
    fields: {
      ...typed,
      ...Object.fromEntries(empty.map((name) => [name, wanted[name] ?? ""])),
      // The form cannot tell "not touched" from the default, so that the table only adds to it.
      ...(registration.idTokenClaims === true ? { claimsIn: "idToken" } : {}),
    },
    byAddress: new Set(address === null ? [] : empty.filter((name) => wanted[name] !== "")),
  };
}

/** An error in what the address has filled in is mended at the address: the field itself is empty. */
export function atTheAddress(errors: readonly FieldError[], byAddress: ReadonlySet<string>): FieldError[] {
  const moved = errors.map((error) =>
    error.field !== null && byAddress.has(error.field) ? { ...error, field: "address" } : error,
  );
  return moved.filter(({ field }, index) => moved.findIndex((other) => other.field === field) === index);
}

/** The clients that can be chosen, by name, and first what is none of them. */
export const clientChoices = (t: Translate) => [
  { value: "", label: t("console.application.client.none") },
  ...[...KNOWN_CLIENTS]
    .sort((one, other) => one.title.localeCompare(other.title, "en"))
    .map(({ name, title }) => ({ value: name, label: title })),
];
