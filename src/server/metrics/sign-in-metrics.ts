import { FACTOR_KINDS } from "../../domain/factors/factor.ts";
import type { Metric } from "./metric.ts";

const METHOD = ["password", ...FACTOR_KINDS, "recovery-code", "trusted-browser", "other"] as const;

/** Sign-ins, and what protects them. */
export const SIGN_IN_METRICS = {
  vestibule_sign_in_funnel_total: {
    kind: "counter",
    help: "Sign-ins by how far they came. Who closes the window is in none but the stages before.",
    labels: { stage: ["started", "password", "factor", "finished", "left"] },
  },
  vestibule_sign_in_steps_total: {
    kind: "counter",
    help: "What users met at the steps of the journey.",
    labels: {
      step: "the step, as in journey.md",
      what: "the page that was shown or refused its form, or the fact that was proved",
      outcome: ["shown", "proved", "refused"],
    },
  },
  vestibule_sign_ins_total: {
    kind: "counter",
    help: "Sign-ins that were completed, forms that were refused, and sign-ins that were cancelled. Method of a refused form: what it asked for.",
    labels: { outcome: ["completed", "refused", "cancelled"], method: METHOD },
    byOffice: true,
  },
  vestibule_refusals_total: {
    kind: "counter",
    help: "What was refused to users and applications, by reason.",
    labels: { reason: "the type of the audit event" },
    byOffice: true,
  },
  vestibule_alarms_total: {
    kind: "counter",
    help: "Alarms in the audit log, such as an attack on an office or a budget that is used up.",
    labels: {
      alarm: [
        "account-throttled",
        "address-throttled",
        "office-under-attack",
        "installation-under-attack",
        "other",
      ],
    },
  },
  vestibule_blocks_total: {
    kind: "counter",
    help: "Users and addresses that may not try again for a while.",
    labels: { kind: ["code", "password", "user-code", "text-message"] },
    byOffice: true,
  },
  vestibule_enrolments_total: {
    kind: "counter",
    help: "Second factors that users have set up.",
    labels: { factor: [...FACTOR_KINDS, "other"] },
    byOffice: true,
  },
  vestibule_audit_events_total: {
    kind: "counter",
    help: "Events that were written to the audit log.",
    labels: { type: "the type of the event", outcome: ["ok", "refused", "alarm"] },
    byOffice: true,
  },
  vestibule_sms_budget_used_ratio: {
    kind: "gauge",
    help: "The part of a day's text messages that is used, of the office that has used most of it; of those that have sent one within an hour.",
    byOffice: true,
  },
} as const satisfies Record<string, Metric>;
