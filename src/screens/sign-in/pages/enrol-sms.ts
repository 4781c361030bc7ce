import type { z } from "zod";
import { hasProvedFactor } from "../journey.ts";
import type { Page } from "../page.ts";
import { codeOutcome, personOf } from "./code-outcome.ts";
import { codesLeftModel, postponed } from "./enrolment-model.ts";
import { codeForm, liveOf, resend, seen, sentFor, smsModel, type SmsParts } from "./sms-page.ts";

/** The code that proves a new number. Nothing of it is stored as the user's before it is right. */
export function enrolSmsPage(parts: SmsParts): Page<z.output<typeof codeForm>> {
  return {
    name: "enrol-sms",
    view: "sign-in/enrol-sms",
    form: codeForm,
    keeps: [],
    skipTo: async (visit) => ((await sentFor(parts, visit, "enrol")) === null ? "choose" : null),
    show: async (visit) => {
      const sent = await sentFor(parts, visit, "enrol");
      const number = seen(visit, sent?.number ?? "");
      return {
        ...(await smsModel(parts, visit, { purpose: "enrol", number, result: null })),
        ...codesLeftModel(visit),
        changeHref: `/interaction/${visit.interaction.uid}/enter-number`,
      };
    },
    live: (visit) => liveOf(parts, visit, "enrol"),
    submit: async (visit, { code, resend: again, later }) => {
      if (later !== undefined && visit.signIn.demand === "offered") {
        return postponed(visit);
      }
      const sent = await sentFor(parts, visit, "enrol");
      if (sent === null) {
        return { type: "go", to: "choose" };
      }
      if (again !== undefined) {
        return resend(parts, visit, { purpose: "enrol", page: "enrol-sms", number: sent.number });
      }
      const replaces = hasProvedFactor(visit.signIn);
      const attempt = { type: "new-sms", code, binding: visit.interaction.uid, replaces } as const;
      const result = await parts.codes.check(personOf(visit), attempt, visit.visitor);
      return codeOutcome(visit, result, { name: "enrol-sms", field: "code", fact: "sms-enrolled" });
    },
  };
}
