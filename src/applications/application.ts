import { z } from "zod";
import { isOneLine, NOT_ONE_LINE } from "../kernel/one-line.ts";
import { isOriginOf, redirectFault, webUrlFault } from "./application-addresses.ts";

/**
 * Relying applications: who may ask Vestibule to sign somebody in, and where the answer may go. This folder owns
 * their rules; it does not know oidc-provider. Start at `Application`.
 */
export const APPLICATION_TYPES = ["web", "native", "browser", "machine"] as const;
export type ApplicationType = (typeof APPLICATION_TYPES)[number];

export interface Application extends ApplicationSettings {
  /** `app_` and random characters: can never equal a user's `sub`. */
  readonly id: string;
  readonly name: string;
  readonly type: ApplicationType;
  /** First-party applications ask for no consent. */
  readonly firstParty: boolean;
  /** Null: every office may use it. Else its people alone. */
  readonly officeId: string | null;
  /** Keyed hash of the secret; null for public applications. */
  readonly secretHash: Buffer | null;
}

export const SCOPES = ["openid", "profile", "email", "phone", "office", "offline_access"] as const;

const urlList = z.array(z.string().max(2_000)).max(20).default([]);

const settingsSchema = z.object({
  redirectUris: urlList,
  postLogoutRedirectUris: urlList,
  corsOrigins: urlList,
  backchannelLogoutUri: z.string().max(2_000).nullable().default(null),
  homeUrl: z.string().max(2_000).nullable().default(null),
  logoUrl: z.string().max(2_000).nullable().default(null),
  scopes: z.array(z.enum(SCOPES, { error: `must be of ${SCOPES.join(", ")}` })).default([...SCOPES]),
  /** An old confidential application that cannot send a code challenge; each use of this exception is in the audit log. */
  withoutPkce: z.boolean().default(false),
});
export type ApplicationSettings = z.output<typeof settingsSchema>;

/** What stands in the settings column, read back. */
export const storedSettingsSchema = settingsSchema;

export const newApplicationSchema = settingsSchema
  .extend({
    name: z
      .string()
      .trim()
      .min(1, "must not be empty")
      .max(100, "must have at most 100 characters")
      .refine(isOneLine, NOT_ONE_LINE),
    type: z.enum(APPLICATION_TYPES, { error: `must be one of ${APPLICATION_TYPES.join(", ")}` }),
    firstParty: z.boolean().default(false),
  })
  .superRefine((application, context) => {
    for (const [path, message] of faultsOf(application)) {
      context.addIssue({ code: "custom", path: [path], message });
    }
  });
export type NewApplication = z.output<typeof newApplicationSchema>;

export const isConfidential = (type: ApplicationType): boolean => type === "web" || type === "machine";

type Draft = ApplicationSettings & { type: ApplicationType };

function faultsOf(draft: Draft): [string, string][] {
  const faults: [string, string | null][] = [
    ...draft.redirectUris.map((uri): [string, string | null] => [
      "redirectUris",
      redirectFault(uri, draft.type),
    ]),
    ...draft.postLogoutRedirectUris.map((uri): [string, string | null] => [
      "postLogoutRedirectUris",
      redirectFault(uri, draft.type),
    ]),
    ...draft.corsOrigins.map((origin): [string, string | null] => [
      "corsOrigins",
      originFault(origin, draft),
    ]),
    ["backchannelLogoutUri", optionalUrlFault(draft.backchannelLogoutUri)],
    ["homeUrl", optionalUrlFault(draft.homeUrl)],
    ["logoUrl", optionalUrlFault(draft.logoUrl)],
    ["redirectUris", numberFault(draft)],
    [
      "withoutPkce",
      draft.withoutPkce && draft.type !== "web" ? "only a web application may do without PKCE" : null,
    ],
  ];
  return faults.flatMap(([path, fault]) => (fault === null ? [] : [[path, fault]]));
}

const optionalUrlFault = (url: string | null) => (url === null ? null : webUrlFault(url));

function numberFault({ type, redirectUris }: Draft): string | null {
  if (type === "machine") {
    return redirectUris.length > 0 ? "a machine signs nobody in and has no redirect address" : null;
  }
  return redirectUris.length === 0 ? "at least one redirect address is needed" : null;
}

function originFault(origin: string, { type }: Draft): string | null {
  if (type !== "browser") {
    return "only a single-page application calls from a browser";
  }
  return isOriginOf(origin) ? null : "must be an origin such as https://app.example.com";
}
