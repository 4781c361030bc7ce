import { FACTORS, factorText, usableMethods, type FactorKind } from "../../../domain/factors/factor.ts";
import { fault } from "../../../platform/web/page-kit.ts";
import type { ChangePage, ChangeContext } from "../page.ts";

/** The page that sets up each method. */
const PLACES: Readonly<Record<FactorKind, string>> = { totp: "/account/app", sms: "/account/number" };

/** The choice of a method that the office accepts. Users cannot switch the second factor off. */
export function methodPage({ canSendSms }: { readonly canSendSms: boolean }): ChangePage {
  const acceptedBy = ({ session }: ChangeContext) =>
    usableMethods(session.account.office.secondFactor.methods, canSendSms);
  return {
    path: "/account/method",
    tab: "general",
    needsFactor: true,
    show: (context) =>
      Promise.resolve({
        view: "method",
        office: context.overview.office,
        model: {
          values: { method: context.overview.factors[0]?.kind ?? "" },
          options: acceptedBy(context).map((kind) => ({
            value: kind,
            label: context.t(factorText(kind, "label")),
            hint: context.t(factorText(kind, "hint")),
            recommended: FACTORS[kind].isRecommended,
          })),
        },
      }),
    submit: (context, { method }) => {
      const chosen = acceptedBy(context).find((kind) => kind === method);
      return Promise.resolve(
        chosen === undefined
          ? fault("method", context.t("account.method.required"))
          : { type: "go", to: PLACES[chosen] },
      );
    },
  };
}
