import { factorText, type FactorKind } from "../../domain/factors/factor.ts";
import type { Translate } from "../../kernel/languages.ts";
import { dateFormat } from "../../platform/web/date-format.ts";

/** Days in the settings start in UTC. */
export const dayText: (day: Date, language: string) => string = dateFormat({
  dateStyle: "long",
  timeZone: "UTC",
});

export const methodsText = (methods: readonly FactorKind[], t: Translate, language: string): string =>
  new Intl.ListFormat(language).format(methods.map((kind) => t(factorText(kind, "label"))));
