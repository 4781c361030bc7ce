import { FACTORS, factorText, type Sending } from "../../../domain/factors/factor.ts";
import { fault } from "../../../platform/web/page-kit.ts";
import { acceptedMethods, METHOD_PAGES } from "../other-methods.ts";
import type { ChangePage } from "../page.ts";

/** The choice of a method that the office accepts. Users cannot switch the second factor off. */
export function methodPage({ sending }: { readonly sending: Sending }): ChangePage {
  return {
    path: "/account/method",
    tab: "general",
    needsFactor: true,
    change: "method",
    keeps: ["method"],
    show: (context) =>
      Promise.resolve({
        view: "method",
        office: context.overview.office,
        model: {
          values: { method: context.overview.factors[0]?.kind ?? "" },
          options: acceptedMethods(context, sending).map((kind) => ({
            value: kind,
            label: context.t(factorText(kind, "label")),
            hint: context.t(factorText(kind, "hint")),
            recommended: FACTORS[kind].isRecommended,
          })),
        },
      }),
    submit: (context, { method }) => {
      const chosen = acceptedMethods(context, sending).find((kind) => kind === method);
      return Promise.resolve(
        chosen === undefined
          ? fault("method", context.t("account.method.required"))
          : { type: "go", to: METHOD_PAGES[chosen] },
      );
    },
  };
}
