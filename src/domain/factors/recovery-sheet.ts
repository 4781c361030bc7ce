import { factorText, type FactorKind } from "./factor.ts";
import { epochSeconds } from "../../kernel/clock.ts";
import { longDay, type Reader } from "../../kernel/date-format.ts";
import type { Translate } from "../../kernel/languages.ts";

/** Texts and dates for the reader. */
interface SheetReader extends Reader {
  readonly t: Translate;
}

interface SheetOf {
  readonly account: {
    readonly username: string;
    readonly office: { readonly name: string; readonly code: string };
  };
  /** In groups, as they are printed. */
  readonly codes: readonly string[];
  /** The factor that the user sets up again after using a code. */
  readonly method: FactorKind;
  readonly productName: string;
  readonly at: Date;
}

/** The recovery codes on paper or in a file: whose they are, and how to use them. */
export function recoverySheet(
  { account, codes, method, productName, at }: SheetOf,
  { t, ...reader }: SheetReader,
) {
  const { office, username } = account;
  const again = t(factorText(method, "setUpAgain"));
  const sheet = {
    title: t("recoveryCodes.sheet.title", { product: productName }),
    facts: [
      { name: t("recoveryCodes.sheet.office"), value: `${office.name} (${office.code})` },
      { name: t("recoveryCodes.sheet.username"), value: username },
      { name: t("recoveryCodes.sheet.date"), value: longDay(epochSeconds(at), reader) },
    ],
    how: t("recoveryCodes.sheet.how"),
    steps: [1, 2, 3].map((step) => t(`recoveryCodes.sheet.step${String(step)}`, { again })),
  };
  const text = [
    `${sheet.title}\n`,
    ...sheet.facts.map(({ name, value }) => t("common.labelled", { label: name, value })),
    `\n${codes.join("\n")}\n`,
    `${t("recoveryCodes.once")}\n`,
    t("common.labelled", { label: sheet.how, value: "" }).trimEnd(),
    ...sheet.steps.map((step, index) => `${String(index + 1)}. ${step}`),
  ].join("\n");
  return { codes, sheet, fileHref: `data:text/plain;charset=utf-8,${encodeURIComponent(`${text}\n`)}` };
}
