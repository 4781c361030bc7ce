import { z } from "zod";
import { FACTOR_KINDS, FACTORS, usableMethods, type FactorKind, type Sending } from "../factors/factor.ts";
import type { ResistantUsers } from "../factors/phishing-resistance.ts";
import { DEFAULT_LANGUAGE, LANGUAGE_CHOICE, LANGUAGE_CODES } from "../../kernel/languages.ts";
import { nameSchema } from "../../kernel/one-line.ts";
import { typedOfficeCode, typedWord } from "../../kernel/typed-text/typed-text.ts";
import { timeZoneOf } from "../../kernel/time-zone.ts";
import type { SupportContact } from "../../kernel/support-contact.ts";

/**
 * The domain: rules, and the stores for their data. Its folders know no web and no oidc-provider, so the console, the
 * command line and the sign-in share them.
 *
 * This folder has the offices, which are the tenants: code, name, policy and branding. Of users it knows what
 * a policy does to them (policy-dry-run.ts); it knows no page. Start at `Office`.
 */

export interface Office {
  readonly id: string;
  /** Upper case, 3 to 32 of `A-Z 0-9 -`. */
  readonly code: string;
  /** Incremented by every change; an edit of an older version is a conflict. */
  readonly version: number;
  readonly name: string;
  readonly status: "open" | "closed";
  /** When a closed office is deleted with everything in it; null: never, or it is deleted already. */
  readonly purgeAt: Date | null;
  /** Whether its deletion has begun: then it stays closed. */
  readonly isPurged: boolean;
  readonly language: string;
  /** IANA name; null: the installation's. */
  readonly timeZone: string | null;
  /** The zone in which its days begin: its own or the installation's. */
  readonly zone: string;
  readonly branding: Branding;
  /** The office's own support contact; null: the installation's is shown. */
  readonly support: SupportContact | null;
  /** The longest session in minutes; null: the installation's. */
  readonly sessionMinutes: number | null;
  readonly secondFactor: OfficeSecondFactor;
  /** The default country of mobile numbers typed without a country code (ISO 3166-1). */
  readonly country: string;
  /** Countries whose numbers get text messages. */
  readonly countries: readonly string[];
  /** Text messages per day. */
  readonly smsDailyBudget: number;
  /** For how many days, 1 to 30, its users may trust a browser; null: they may not. */
  readonly trustedBrowserDays: number | null;
  /** Whether a passkey that verifies its user takes the place of the password. */
  readonly isPasswordless: boolean;
  /** Whether a mailed link sets the password also of users whose codes go to the same mailbox: then its reader needs nothing else. */
  readonly isMailboxEnough: boolean;
  readonly phishingResistance: OfficeResistance;
  /** AAGUIDs of the models of which users may set up passkeys; null: of any. */
  readonly passkeyModels: readonly string[] | null;
}

/** Of whom the office demands a factor that resists phishing. */
export interface OfficeResistance {
  readonly of: ResistantUsers;
  /** When it begins; null: at once. */
  readonly from: Date | null;
}

/** What the office requires besides the password. */
export interface OfficeSecondFactor {
  readonly demand: "off" | "required";
  /** When it becomes required; null: at once. */
  readonly from: Date | null;
  readonly methods: readonly FactorKind[];
}

/** Whether the office accepts a factor that resists phishing, where it demands one. */
export const canMeetResistance = ({
  phishingResistance,
  secondFactor,
}: Pick<Office, "phishingResistance" | "secondFactor">): boolean =>
  phishingResistance.of === "none" || secondFactor.methods.some((kind) => FACTORS[kind].resistsPhishing);

/** What mails to the office's users look like. */
export type OfficeLook = Pick<Branding, "accent" | "logoUrl">;

export interface Branding {
  /** A path on this server. An office of an earlier version may still have an address elsewhere, which no page loads. */
  readonly logoUrl: string | null;
  /** `#rrggbb` */
  readonly accent: string | null;
  /** A text for users at the sign-in, by language. */
  readonly welcome: Readonly<Record<string, string>>;
  /** https addresses of the office's legal pages. */
  readonly legal: Readonly<Partial<Record<LegalPage, string>>>;
}

/** In the order of the page. */
export const LEGAL_PAGES = ["privacy", "terms", "imprint"] as const;
type LegalPage = (typeof LEGAL_PAGES)[number];

/** The office of the platform's own staff only; docs/decisions/0009 says why they have one. */
export const SUPPORT_OFFICE_CODE = "SUPPORT";

/** What the office of the platform's staff cannot be. `trust`: trusted browsers are allowed. */
export type StaffFault = "closed" | "factor-off" | "factor-later" | "factor-weak" | "trust";

/**
 * Why an office cannot be like this; null for every other office. Staff without a second factor would carry the role
 * support into each application, which would not ask for more.
 */
export function staffFaultOf(
  office: Pick<Office, "code" | "status" | "secondFactor" | "trustedBrowserDays">,
): StaffFault | null {
  const { code, status, secondFactor, trustedBrowserDays } = office;
  if (code !== SUPPORT_OFFICE_CODE) {
    return null;
  }
  if (status === "closed") {
    return "closed";
  }
  if (secondFactor.demand !== "required") {
    return "factor-off";
  }
  if (secondFactor.methods.some((kind) => !FACTORS[kind].isForStaff)) {
    return "factor-weak";
  }
  return secondFactor.from !== null ? "factor-later" : trustedBrowserDays === null ? null : "trust";
}

/**
 * What a new office requires, and by which methods: every one that works in this installation, because the choice is the
 * user's. The platform's staff begin with the strongest alone (docs/decisions/0066). `sending`: there is a gateway for
 * text messages.
 */
export const firstSecondFactorOf = ({ code }: Pick<Office, "code">, sending: Sending): OfficeSecondFactor =>
  code === SUPPORT_OFFICE_CODE
    ? { demand: "required", from: null, methods: USUAL.slice(0, 1) }
    : { demand: "off", from: null, methods: usableMethods(USUAL, sending) };

/** Passkeys are for offices that have decided to accept them (docs/decisions/0083). */
const USUAL = FACTOR_KINDS.filter((kind) => FACTORS[kind].isUsual);

/** The folded form of an office code, for comparing and storing. Not yet validated. */
export const foldOfficeCode = typedOfficeCode;

export const officeCodeSchema = z
  .string()
  .transform(foldOfficeCode)
  .pipe(z.string().regex(/^[A-Z0-9-]{3,32}$/, "must have 3 to 32 of A-Z, 0-9 and -"));

const SESSION_MINUTES = "must be a whole number of minutes, 5 to 4320";

/** An IANA name, as the runtime spells it. */
export const timeZoneSchema = z.string().transform((name, context) => {
  const zone = timeZoneOf(name.trim());
  if (zone === null) {
    context.addIssue("must be a time zone such as Europe/Amsterdam");
  }
  return zone;
});

export const newOfficeSchema = z.object({
  code: officeCodeSchema,
  name: nameSchema(100),
  language: z.enum(LANGUAGE_CODES, { error: `must be ${LANGUAGE_CHOICE}` }).default(DEFAULT_LANGUAGE),
  accent: z
    .string()
    .transform((typed) => typedWord(typed).toLowerCase())
    .pipe(z.string().regex(/^#[0-9a-f]{6}$/, "must be a colour such as #0b6e4f"))
    .nullable()
    .default(null),
  timeZone: timeZoneSchema.nullable().default(null),
  sessionMinutes: z
    .number({ error: SESSION_MINUTES })
    .int(SESSION_MINUTES)
    .min(5, SESSION_MINUTES)
    .max(4320, SESSION_MINUTES)
    .nullable()
    .default(null),
});
export type NewOffice = z.output<typeof newOfficeSchema>;
