import type { Channel } from "../../platform/messages/message.ts";

/**
 * Second factors: what a user has besides the password. This folder owns their secrets, the guard against guessing,
 * recovery codes and the enrolment window; it knows no page. Start at `second-factor-check.ts`: every form that takes
 * a code goes through it.
 *
 * This file is the registry of factor kinds. Another kind is added to `FACTOR_KINDS`: the compiler then names every
 * file that has to know it, and test/domain/factors/factor-kinds.test.ts lists them.
 */

/** The strongest first: the order in which they are offered and asked for. */
export const FACTOR_KINDS = ["totp", "sms"] as const;
export type FactorKind = (typeof FACTOR_KINDS)[number];

/** What is the same for all users of a kind. */
export interface Factor {
  /** How it reads in `amr` (RFC 8176 section 2). No two kinds share one: a policy could not tell them apart. */
  readonly amr: string;
  /** The channel that its codes are sent by, which needs a gateway; null where the user's own device makes them. */
  readonly sentBy: Channel | null;
  /** Whether the device shows another code by itself, so that a used one is waited out. */
  readonly showsNextCode: boolean;
  /** Whether it is marked as the better choice where users choose. */
  readonly isRecommended: boolean;
  /** The word for it in files of users. */
  readonly exportWord: string;
}

export const FACTORS: Readonly<Record<FactorKind, Factor>> = {
  totp: { amr: "otp", sentBy: null, showsNextCode: true, isRecommended: true, exportWord: "app" },
  sms: { amr: "sms", sentBy: "sms", showsNextCode: false, isRecommended: false, exportWord: "sms" },
};

/** What pages and documents say of each kind; `factor.<kind>.<text>` is the key in views/locales. */
export const FACTOR_TEXTS = [
  "label",
  "hint",
  "use",
  "back",
  "noCodesLeft",
  "stillWorks",
  "setUpAgain",
  "since",
  "filter",
  "count",
  "inList",
  "only",
  "onlyHint",
] as const;

export const factorText = (kind: FactorKind, text: (typeof FACTOR_TEXTS)[number]): string =>
  `factor.${kind}.${text}`;

/** A list of kinds as it is typed, such as "totp, sms or totp,sms". */
export const METHODS_CHOICE = `${FACTOR_KINDS.join(", ")} or ${FACTOR_KINDS.join(",")}`;

export const isFactorKind = (word: string): word is FactorKind => FACTOR_KINDS.some((kind) => kind === word);

/** Something for each kind. */
export const forEachFactor = <T>(valueOf: (kind: FactorKind) => T): Record<FactorKind, T> =>
  // Each kind has an entry, which the type of fromEntries cannot say.
  Object.fromEntries(FACTOR_KINDS.map((kind) => [kind, valueOf(kind)])) as Record<FactorKind, T>;

/** What an office demands of its people, read fresh at every click. Times in seconds since 1970. */
export interface SecondFactorPolicy {
  readonly demand: "off" | "required";
  readonly methods: readonly FactorKind[];
  /** From when on it is required; null: at once. */
  readonly from: number | null;
  /** When the office decided it. */
  readonly since: number | null;
  /** For how many days a browser may be trusted, and what is too old to count; null: none is. */
  readonly trust: { readonly days: number; readonly since: number } | null;
}

/** What was proved, in words of ours. */
export interface Proved {
  /** RFC 8176. */
  readonly amr: readonly string[] | undefined;
  /** When a trusted browser spared the code, in seconds since 1970; null when it did not. */
  readonly sparedAt: number | null;
}

/** `offered`: required from a later date on. */
export type Demand = "off" | "offered" | "required";

/** The methods that work here: without a gateway no code comes by text message, and another method takes its place where it may. */
export function usableMethods(methods: readonly FactorKind[], canSendSms: boolean): readonly FactorKind[] {
  const others = methods.filter((kind) => FACTORS[kind].sentBy !== "sms");
  return canSendSms || others.length === 0 ? methods : others;
}

/**
 * Whether what was proved is enough for what the office demands now, by a method that it accepts. Where a trusted
 * browser stood in for the code, the office has to allow that still (docs/decisions/0022).
 */
export function satisfies(policy: SecondFactorPolicy, { amr, sparedAt }: Proved, now: number): boolean {
  return (
    demandAt(policy, now) !== "required" ||
    (amr?.includes("mfa") === true && policy.methods.some((kind) => amr.includes(FACTORS[kind].amr))) ||
    (sparedAt !== null && isWithinTrust(policy, sparedAt, now))
  );
}

function isWithinTrust({ trust }: SecondFactorPolicy, at: number, now: number): boolean {
  return trust !== null && at >= trust.since && now < at + trust.days * 24 * 60 * 60;
}

export function demandAt(policy: SecondFactorPolicy, now: number): Demand {
  if (policy.demand === "off") {
    return "off";
  }
  return policy.from === null || policy.from <= now ? "required" : "offered";
}
