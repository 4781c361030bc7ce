import { z } from "zod";
import type { FactorKind } from "../../factors/factor.ts";
import type { PageName } from "../journey.ts";
import type { Page, Visit } from "../page.ts";
import { postponed, postponeModel } from "./postpone.ts";

const form = z.object({ method: z.string().default(""), later: z.string().optional() });

/** Where each method that is built begins its enrolment. */
export type EnrolmentPages = Readonly<Partial<Record<FactorKind, PageName>>>;

/** The user's own choice of a method, among those that the office accepts. With one, there is nothing to choose. */
export function choosePage(enrolmentPages: EnrolmentPages): Page<z.output<typeof form>> {
  const methodsFor = ({ signIn }: Visit) =>
    signIn.accepted.filter((kind) => enrolmentPages[kind] !== undefined);
  return {
    name: "choose",
    view: "sign-in/choose",
    form,
    keeps: ["method"],
    skipTo: (visit) => {
      const [only, ...others] = methodsFor(visit);
      return only !== undefined && others.length === 0 ? (enrolmentPages[only] ?? null) : null;
    },
    show: (visit) =>
      Promise.resolve({
        ...postponeModel(visit),
        values: { method: methodsFor(visit)[0] ?? "" },
        autofocus: "method",
        options: methodsFor(visit).map((kind) => ({
          value: kind,
          label: visit.t(`choose.${kind}.label`),
          hint: visit.t(`choose.${kind}.hint`),
          recommended: kind === "totp",
        })),
      }),
    submit: (visit, { method, later }) => {
      if (later !== undefined && visit.signIn.demand === "offered") {
        return Promise.resolve(postponed(visit));
      }
      const chosen = methodsFor(visit).find((kind) => kind === method);
      const page = chosen === undefined ? undefined : enrolmentPages[chosen];
      return Promise.resolve(
        page === undefined
          ? { errors: [{ field: "method", message: visit.t("choose.required") }] }
          : { go: page },
      );
    },
  };
}
