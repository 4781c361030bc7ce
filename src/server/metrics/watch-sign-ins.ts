import type { AuditType } from "../../domain/audit/audit-event.ts";
import { auditWritten } from "../../domain/audit/audit-store.ts";
import { FACTOR_KINDS, FACTORS } from "../../domain/factors/factor.ts";
import { now } from "../../kernel/clock.ts";
import { signInStarted } from "../../protocol/models/oidc-events.ts";
import { FACTOR_PAGES } from "../../screens/sign-in/factor-pages.ts";
import {
  signInFinished,
  signInLeft,
  stepSeen,
  type StepSeen,
} from "../../screens/sign-in/sign-in-signals.ts";
import { ENROLLED, PROVED } from "../../screens/sign-in/sign-in-state.ts";
import { METRICS } from "./catalogue.ts";
import type { Instruments } from "./instruments.ts";
import type { RecentLockouts } from "./recent-lockouts.ts";

type Stop = () => void;

/** Counts sign-ins by how far they came, and what users met on the way. */
export const watchSignIns = (instruments: Instruments, recent: RecentLockouts): Stop[] => [
  signInStarted.watch(() => {
    instruments.count("vestibule_sign_in_funnel_total", { stage: "started" });
  }),
  stepSeen.watch((seen) => {
    const { step, what, outcome, officeId } = seen;
    instruments.count("vestibule_sign_in_steps_total", { step, what, outcome });
    const stage = outcome === "proved" ? STAGES.get(what) : undefined;
    if (stage !== undefined) {
      instruments.count("vestibule_sign_in_funnel_total", { stage });
    }
    if (outcome === "refused") {
      instruments.count("vestibule_sign_ins_total", { outcome, method: methodOfPage(seen) }, { officeId });
    }
    if (step === "block" && officeId !== null) {
      recent.note(officeId, now());
    }
  }),
  signInFinished.watch(({ methods, isTrusted, officeId }) => {
    const method = methodOf(methods, isTrusted);
    instruments.count("vestibule_sign_in_funnel_total", { stage: "finished" });
    instruments.count("vestibule_sign_ins_total", { outcome: "completed", method }, { officeId });
  }),
  signInLeft.watch(({ officeId }) => {
    instruments.count("vestibule_sign_in_funnel_total", { stage: "left" });
    instruments.count("vestibule_sign_ins_total", { outcome: "cancelled", method: "other" }, { officeId });
  }),
];

/** Counts what goes into the audit log. */
export const watchAudit = (instruments: Instruments, recent: RecentLockouts): Stop[] => [
  auditWritten.watch(({ type, outcome, officeId, details = {} }) => {
    const office = { officeId };
    instruments.count("vestibule_audit_events_total", { type, outcome }, office);
    if (outcome === "refused") {
      instruments.count("vestibule_refusals_total", { reason: type }, office);
    }
    if (outcome === "alarm") {
      const alarm = ALARMS.find((known) => known === details["alarm"]) ?? "other";
      instruments.count("vestibule_alarms_total", { alarm });
    }
    const kind = BLOCKS[type];
    if (kind !== undefined) {
      instruments.count("vestibule_blocks_total", { kind }, office);
    }
    if (type === "factor.enrolled") {
      const factor = FACTOR_KINDS.find((known) => known === details["kind"]) ?? "other";
      instruments.count("vestibule_enrolments_total", { factor }, office);
    }
    if (type === "token.reused") {
      instruments.count("vestibule_token_reuse_total", {});
    }
    if (type === "code.blocked" && officeId !== null) {
      recent.note(officeId, now());
    }
  }),
];

const ALARMS = METRICS.vestibule_alarms_total.labels.alarm;

const BLOCKS: Partial<Record<AuditType, string>> = {
  "code.blocked": "code",
  "password.throttled": "password",
  "user-code.throttled": "user-code",
  "sms.stopped": "text-message",
  "email-code.stopped": "code-by-email",
};

/** The stages of the funnel, by the fact that leads to them. */
const STAGES: ReadonlyMap<string, "password" | "factor"> = new Map([
  ["password-proved", "password"],
  ["passkey-verified", "password"],
  ["session-continued", "password"],
  ["recovery-code-used", "factor"],
  ...[...PROVED, ...ENROLLED].map((fact) => [fact, "factor"] as const),
]);

function methodOf(methods: readonly string[], isTrusted: boolean): string {
  const kind = FACTOR_KINDS.find((one) => FACTORS[one].amr.some((value) => methods.includes(value)));
  if (methods.includes("recovery")) {
    return "recovery-code";
  }
  return kind ?? (isTrusted ? "trusted-browser" : "password");
}

const PAGES = Object.entries(FACTOR_PAGES).map(
  ([kind, { challenge, enrolment }]) => [kind, [challenge, ...enrolment]] as const,
);

function methodOfPage({ what }: StepSeen): string {
  const kind = PAGES.find(([, pages]) => pages.some((page) => page === what))?.[0];
  return kind ?? (what === "password" || what === "recovery-code" ? what : "other");
}
