import { FACTORS, factorText, usableMethods, type FactorKind } from "../../../domain/factors/factor.ts";

import { fault } from "../../../platform/web/page-kit.ts";
import type { ChangePage, ChangeVisit } from "../page.ts";

/** Where each method is set up, whether for the first time or anew. */
const PLACES: Readonly<Record<FactorKind, string>> = { totp: "/account/app", sms: "/account/number" };

/** The method, among those that the office accepts. Off is not among them: whoever posts it has chosen nothing. */
export function methodPage({ canSendSms }: { readonly canSendSms: boolean }): ChangePage {
  const acceptedBy = ({ session }: ChangeVisit) =>
    usableMethods(session.account.office.secondFactor.methods, canSendSms);
  return {
    path: "/account/method",
    tab: "general",
    needsFactor: true,
    show: (visit) =>
      Promise.resolve({
        view: "method",
        office: visit.overview.office,
        model: {
          values: { method: visit.overview.factors[0]?.kind ?? "" },
          options: acceptedBy(visit).map((kind) => ({
            value: kind,
            label: visit.t(factorText(kind, "label")),
            hint: visit.t(factorText(kind, "hint")),
            recommended: FACTORS[kind].isRecommended,
          })),
        },
      }),
    submit: (visit, { method }) => {
      const chosen = acceptedBy(visit).find((kind) => kind === method);
      return Promise.resolve(
        chosen === undefined
          ? fault("method", visit.t("account.method.required"))
          : { type: "go", to: PLACES[chosen] },
      );
    },
  };
}
