import { factorText, type FactorKind } from "../../domain/factors/factor.ts";
import type { Translate } from "../../kernel/languages.ts";
import { localDay } from "../../kernel/time-zone.ts";
import type { Office } from "../../domain/offices/office.ts";
import { calendarDay } from "../../kernel/date-format.ts";

/** A day of the office's calendar, wherever it is read. */
export const dayText = (at: Date, { zone }: Pick<Office, "zone">, language: string): string =>
  calendarDay(localDay(at, zone), { language });

export const methodsText = (methods: readonly FactorKind[], t: Translate, language: string): string =>
  new Intl.ListFormat(language).format(
    methods.map((kind, place) => t(factorText(kind, place === 0 ? "label" : "inList"))),
  );

export const mailboxEnoughText = (isMailboxEnough: boolean, t: Translate): string =>
  t(`console.settings.mailbox.${isMailboxEnough ? "on" : "off"}`);

export const passwordlessText = (isPasswordless: boolean, t: Translate): string =>
  t(`console.settings.passwordless.${isPasswordless ? "on" : "off"}`);
