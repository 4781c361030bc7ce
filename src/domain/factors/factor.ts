/**
 * Second factors: what a user has besides the password. This folder owns their secrets, the guard against guessing,
 * recovery codes and the enrolment window; it knows no page. Start at `second-factor-check.ts`: every form that takes
 * a code goes through it.
 */
export const FACTOR_KINDS = ["totp", "sms"] as const;
export type FactorKind = (typeof FACTOR_KINDS)[number];

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

/** What of it can be used here: without a gateway no code by text message comes, and the app takes its place where it may. */
export function usableMethods(methods: readonly FactorKind[], canSendSms: boolean): readonly FactorKind[] {
  const others = methods.filter((kind) => kind !== "sms");
  return canSendSms || others.length === 0 ? methods : others;
}

/** How a proved factor reads in `amr` (RFC 8176 section 2). */
export const FACTOR_AMR = { totp: "otp", sms: "sms" } as const satisfies Record<FactorKind, string>;

/**
 * Whether what was proved is enough for what the office demands now, by a method that it accepts. Where a trusted
 * browser stood in for the code, the office has to allow that still (docs/decisions/0022).
 */
export function satisfies(policy: SecondFactorPolicy, { amr, sparedAt }: Proved, now: number): boolean {
  return (
    demandAt(policy, now) !== "required" ||
    (amr?.includes("mfa") === true && policy.methods.some((kind) => amr.includes(FACTOR_AMR[kind]))) ||
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
