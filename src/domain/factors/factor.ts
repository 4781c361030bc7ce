import type { Channel } from "../../platform/messages/message.ts";
import { mayRecover, type Role } from "../access/role.ts";
import { RESISTANT_ROLES, type ResistantUsers } from "./phishing-resistance.ts";

/**
 * Second factors: what a user has besides the password. This folder owns their secrets, the guard against guessing,
 * recovery codes, the enrolment window, mobile numbers and the codes sent to them, and trusted browsers; it knows no page. Start at `second-factor-check.ts`: every form that takes
 * a code goes through it.
 *
 * This file is the registry of factor kinds. To add one, add it to `FACTOR_KINDS`: the compiler then lists every
 * file that has to handle it, and test/domain/factors/factor-kinds.test.ts names them.
 */

/** The strongest first: the order in which they are offered and asked for. */
export const FACTOR_KINDS = ["passkey", "totp", "sms", "email"] as const;
export type FactorKind = (typeof FACTOR_KINDS)[number];

/**
 * Whether users of an office have several methods beside each other. Where the office has not decided for more than the usual kinds, a new
 * one takes the place of the old in one step, as its users were told (docs/decisions/0084).
 */
export const areSideBySide = (methods: readonly FactorKind[]): boolean =>
  methods.some((kind) => !FACTORS[kind].isUsual);

/** What all users of a kind share. */
export interface Factor {
  /** Its `amr` values (RFC 8176 section 2). No two kinds share one, because a policy could not distinguish them. */
  readonly amr: readonly string[];
  /** The channel that sends its codes, which needs a gateway; null where the user's own device generates them. */
  readonly sentBy: Channel | null;
  /** Whether the device shows a new code by itself, so that the user can wait out a used one. */
  readonly showsNextCode: boolean;
  /** Whether it proves nothing to a page that only looks like ours (NIST SP 800-63B section 3.2.5). */
  readonly resistsPhishing: boolean;
  /** Whether its proof shows that the user was there (`user`, RFC 8176). */
  readonly showsPresence: boolean;
  /** Whether the platform's staff may use it. */
  readonly isForStaff: boolean;
  /** Whether its device can verify its user, so that it can take the place of the password. */
  readonly replacesPassword: boolean;
  /** Whether an office accepts it before it has decided about it. */
  readonly isUsual: boolean;
  /** Whether it is marked as recommended where users choose. */
  readonly isRecommended: boolean;
  /** Its name in exported files. */
  readonly exportWord: string;
}

export const FACTORS: Readonly<Record<FactorKind, Factor>> = {
  passkey: {
    // A key that can be on several devices is software's; one that cannot leave its device is hardware's.
    amr: ["hwk", "swk"],
    ...{ sentBy: null, showsNextCode: false },
    ...{ resistsPhishing: true, showsPresence: true, replacesPassword: true, isForStaff: true },
    ...{ isUsual: false, isRecommended: true },
    exportWord: "passkey",
  },
  totp: {
    amr: ["otp"],
    ...{ sentBy: null, showsNextCode: true },
    ...{ resistsPhishing: false, showsPresence: false, replacesPassword: false, isForStaff: true },
    ...{ isUsual: true, isRecommended: true },
    exportWord: "app",
  },
  sms: {
    amr: ["sms"],
    ...{ sentBy: "sms", showsNextCode: false },
    ...{ resistsPhishing: false, showsPresence: false, replacesPassword: false, isForStaff: true },
    ...{ isUsual: true, isRecommended: false },
    exportWord: "sms",
  },
  email: {
    // RFC 8176 has no value for a mailbox. A name of our own says no more than what was proved (docs/decisions/0111).
    amr: ["urn:vestibule:amr:email"],
    ...{ sentBy: "mail", showsNextCode: false },
    ...{ resistsPhishing: false, showsPresence: false, replacesPassword: false, isForStaff: false },
    ...{ isUsual: false, isRecommended: false },
    exportWord: "email",
  },
};

/** Texts that pages and documents need for each kind; `factor.<kind>.<text>` is the key in views/locales. */
export const FACTOR_TEXTS = [
  "label",
  "hint",
  "use",
  "back",
  "noCodesLeft",
  "stillWorks",
  "setUpAgain",
  "possession",
  "since",
  "filter",
  "count",
  "inList",
  "acceptedHint",
  "lost",
  "gone",
  "instead",
  "reset",
] as const;

export const factorText = (kind: FactorKind, text: (typeof FACTOR_TEXTS)[number]): string =>
  `factor.${kind}.${text}`;

/** A list of kinds as it is typed, such as "totp, sms or totp,sms". */
export const METHODS_CHOICE = `${FACTOR_KINDS.join(", ")} or ${FACTOR_KINDS.join(",")}`;

export const isFactorKind = (word: string): word is FactorKind => FACTOR_KINDS.some((kind) => kind === word);

/** The kinds that resist phishing. */
export const RESISTANT_KINDS = FACTOR_KINDS.filter((kind) => FACTORS[kind].resistsPhishing);

/** Whether nothing but a factor that resists phishing is accepted: then a recovery code, which can be phished, signs no user in. */
export const areResistant = (accepted: readonly FactorKind[]): boolean =>
  accepted.length > 0 && accepted.every((kind) => FACTORS[kind].resistsPhishing);

/** Whether one of the accepted kinds can take the place of the password. */
export const canReplacePassword = (accepted: readonly FactorKind[]): boolean =>
  accepted.some((kind) => FACTORS[kind].replacesPassword);

/** A value for each kind. */
export const forEachFactor = <T>(valueOf: (kind: FactorKind) => T): Record<FactorKind, T> =>
  // Each kind has an entry, which the type of fromEntries cannot express.
  Object.fromEntries(FACTOR_KINDS.map((kind) => [kind, valueOf(kind)])) as Record<FactorKind, T>;

/** What an office requires of its users, read again for every request. Times in seconds since 1970. */
export interface SecondFactorPolicy {
  readonly demand: "off" | "required";
  readonly methods: readonly FactorKind[];
  /** When it becomes required; null: at once. */
  readonly from: number | null;
  /** When the office decided it. */
  readonly since: number | null;
  /** For how many days a browser may be trusted, and since when trust counts; null: no browser is trusted. */
  readonly trust: { readonly days: number; readonly since: number } | null;
  /** Of whom a factor that resists phishing is demanded, from when, and when the office decided it; see `policyFor`. */
  readonly resistance: {
    readonly of: ResistantUsers;
    readonly from: number | null;
    readonly since: number | null;
  };
}

/** What a session has proved. */
export interface Proved {
  /** RFC 8176. */
  readonly amr: readonly string[] | undefined;
  /** When a trusted browser replaced the code, in seconds since 1970; null when it did not. */
  readonly codeSkippedAt: number | null;
}

/** `offered`: required from a later date. */
export type Demand = "off" | "offered" | "required";

/** Which messages this installation has a gateway for. */
export type Sending = Readonly<Record<Channel, boolean>>;

/** The methods that work here: without a gateway no code can be sent, and another method replaces it where allowed. */
export function usableMethods(methods: readonly FactorKind[], sending: Sending): readonly FactorKind[] {
  const usable = methods.filter((kind) => {
    const { sentBy } = FACTORS[kind];
    return sentBy === null || sending[sentBy];
  });
  return usable.length === 0 ? methods : usable;
}

/** Whether codes go to the mailbox of a user who has these kinds. */
export const areSentByMail = (factors: readonly FactorKind[]): boolean =>
  factors.some((kind) => FACTORS[kind].sentBy === "mail");

/**
 * Whether the mailbox alone may not set the password: the codes go there too, so that its reader would need nothing else. The office can
 * decide otherwise (docs/decisions/0111).
 */
export const isMailedLinkTooWeak = (
  factors: readonly FactorKind[],
  { isMailboxEnough }: { readonly isMailboxEnough: boolean },
): boolean => areSentByMail(factors) && !isMailboxEnough;

/** Whose session it is, as the account is now. */
interface Owner {
  readonly role: Role;
  /** Kinds that the user has confirmed. */
  readonly factors: readonly FactorKind[];
  readonly office: { readonly secondFactor: SecondFactorPolicy };
}

/**
 * Whether a session meets the office's current policy, by a method that the office accepts. Where a trusted browser
 * replaced the code, the office must still allow trusted browsers (docs/decisions/0022).
 */
export function satisfies(owner: Owner, { amr = [], codeSkippedAt }: Proved, now: number): boolean {
  const policy = policyFor(owner.office.secondFactor, owner.role, now);
  return (
    demandAt(policy, now) !== "required" ||
    (amr.includes("mfa") && policy.methods.some((kind) => isByKind(amr, kind))) ||
    (isByRecoveryCode(amr) &&
      mayRecover(owner.role) &&
      !areResistant(policy.methods) &&
      ownsAccepted(owner.factors, policy.methods)) ||
    (codeSkippedAt !== null && isWithinTrust(policy, codeSkippedAt, now))
  );
}

/** The value of a proof: of a passkey that can be on several devices the second one. */
export const amrOfKind = (kind: FactorKind, { isSynced }: { readonly isSynced: boolean }): string => {
  const [first = "", second = first] = FACTORS[kind].amr;
  return isSynced ? second : first;
};

/** Whether these `amr` values name a kind. */
const isByKind = (amr: readonly string[], kind: FactorKind): boolean =>
  FACTORS[kind].amr.some((value) => amr.includes(value));

/** A recovery code is the one second factor without an `amr` value of its own (RFC 8176). */
const isByRecoveryCode = (amr: readonly string[]): boolean =>
  amr.includes("mfa") && FACTOR_KINDS.every((kind) => !isByKind(amr, kind));

/** A recovery code stands in for a factor, and is worth no more than that factor. */
export const ownsAccepted = (factors: readonly FactorKind[], accepted: readonly FactorKind[]): boolean =>
  factors.some((kind) => accepted.includes(kind));

function isWithinTrust({ trust }: SecondFactorPolicy, at: number, now: number): boolean {
  return trust !== null && at >= trust.since && now < at + trust.days * 24 * 60 * 60;
}

export function demandAt(policy: SecondFactorPolicy, now: number): Demand {
  if (policy.demand === "off") {
    return "off";
  }
  return policy.from === null || policy.from <= now ? "required" : "offered";
}

/**
 * The policy as it is for one user. Where a factor that resists phishing is demanded of the role, no other one is accepted, and no trusted
 * browser stands in for it. A user who has another one proves that and sets up a passkey in the same sign-in. The time to enrol with the
 * password alone begins with the earlier of the two demands: it does not begin a second time.
 */
export function policyFor(policy: SecondFactorPolicy, role: Role, now: number): SecondFactorPolicy {
  const { from, since } = policy.resistance;
  if (!isResistanceDue(policy.resistance, role, now)) {
    return { ...policy, methods: allowedTo(role, policy.methods) };
  }
  const isFirst = demandAt(policy, now) !== "required" || beginOf({ from, since }) < beginOf(policy);
  const begins = isFirst ? ({ demand: "required", from, since } as const) : {};
  return { ...policy, ...begins, methods: onlyResistant(policy.methods), trust: null };
}

type ResistanceDay = Pick<SecondFactorPolicy["resistance"], "of" | "from">;

const isResistanceDue = ({ of, from }: ResistanceDay, role: Role, now: number): boolean =>
  RESISTANT_ROLES[of].includes(role) && (from === null || from <= now);

/** The platform's staff may reach every office, so the weakest kind is not for them, whatever their office accepts. */
const allowedTo = (role: Role, methods: readonly FactorKind[]): readonly FactorKind[] =>
  role === "support" ? methods.filter((kind) => FACTORS[kind].isForStaff) : methods;

const onlyResistant = (methods: readonly FactorKind[]): readonly FactorKind[] =>
  methods.filter((kind) => FACTORS[kind].resistsPhishing);

const beginOf = ({ from, since }: Pick<SecondFactorPolicy, "from" | "since">): number =>
  Math.max(from ?? 0, since ?? 0);

/** The methods that the office accepts of this user now. */
export function acceptedOf(
  { office: { secondFactor }, role }: Accepting,
  now: number,
): readonly FactorKind[] {
  const { methods, resistance } = secondFactor;
  return isResistanceDue(resistance, role, now) ? onlyResistant(methods) : allowedTo(role, methods);
}

interface Accepting {
  readonly role: Role;
  readonly office: {
    readonly secondFactor: Pick<SecondFactorPolicy, "methods"> & { readonly resistance: ResistanceDay };
  };
}
