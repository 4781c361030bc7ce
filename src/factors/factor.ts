/**
 * Second factors: what somebody has besides the password. This folder owns their secrets, the guard against guessing,
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
}

/** `offered`: required from a later date on. */
export type Demand = "off" | "offered" | "required";

/** How a proved factor reads in `amr` (RFC 8176 section 2). */
export const FACTOR_AMR = { totp: "otp", sms: "sms" } as const satisfies Record<FactorKind, string>;

/** Whether what was proved (`amr`, RFC 8176) is enough for what the office demands now, by a method that it accepts. */
export function satisfies(
  policy: SecondFactorPolicy,
  amr: readonly string[] | undefined,
  now: number,
): boolean {
  return (
    demandAt(policy, now) !== "required" ||
    (amr?.includes("mfa") === true && policy.methods.some((kind) => amr.includes(FACTOR_AMR[kind])))
  );
}

export function demandAt(policy: SecondFactorPolicy, now: number): Demand {
  if (policy.demand === "off") {
    return "off";
  }
  return policy.from === null || policy.from <= now ? "required" : "offered";
}
