import type { Language, Translate } from "../../src/kernel/languages.ts";
import { spoken } from "./catalogue.ts";

/** What the pages of the second factor say to a user who reads them in one of the languages. */
export interface Words {
  readonly locale: string;
  readonly officeCode: string;
  readonly username: string;
  readonly password: string;
  readonly signIn: string;
  readonly confirm: string;
  readonly continue: string;
  readonly code: string;
  readonly choose: string;
  readonly setUp: string;
  readonly install: string;
  readonly unable: string;
  readonly openHere: string;
  readonly save: string;
  readonly once: string;
  readonly shown: string;
  readonly again: string;
  readonly saved: string;
  /** The same where they are not shown any more. */
  readonly savedEarlier: string;
  readonly copy: string;
  readonly copied: string;
  readonly download: string;
  readonly sheet: string;
  readonly challenge: string;
  readonly openApp: string;
  readonly problem: string;
  /** How the title of a page with a fault begins. */
  readonly failed: RegExp;
  readonly twoLeft: string;
  /** A recovery code that was used already opens nothing and costs nothing. */
  readonly usedUp: string;
  readonly oneLeft: string;
  readonly expired: string;
  readonly blocked: string;
  readonly tryAgainAt: RegExp;
  readonly newPassword: string;
  readonly lift: string;
  readonly useRecoveryCode: string;
  readonly recoveryCode: string;
  /** After a recovery code: the page that acknowledges it, and the answers that the factor is there or lost. */
  readonly recovered: string;
  readonly stillThere: string;
  readonly factorLost: string;
  readonly fiveLeft: string;
  readonly resetText: string;
  readonly enrolmentCode: string;
  readonly closed: string;
  readonly askSuperuser: string;
  readonly frozen: string;
}

const LOCALES: Readonly<Record<Language, string>> = { en: "en-GB", nl: "nl-NL", de: "de-DE", fr: "fr-FR" };

/** What the pages say in a language, from its catalogue: whoever words them better changes no test. */
export function wordsIn(language: Language): Words {
  const t = spoken(language);
  return {
    locale: LOCALES[language],
    officeCode: t("password.officeCode.label"),
    username: t("password.username.label"),
    password: t("password.password.label"),
    signIn: t("password.submit"),
    confirm: t("common.confirm"),
    continue: t("common.continue"),
    code: t("code.label"),
    choose: t("choose.title"),
    setUp: t("enrolTotp.title"),
    install: t("enrolTotp.install"),
    unable: t("enrolTotp.unable"),
    openHere: t("enrolTotp.open"),
    ...codeWords(t),
    challenge: t("challenge.title"),
    openApp: t("challenge.text"),
    problem: t("common.problem"),
    failed: new RegExp(`^${escaped(t("common.error", { title: "" }))}`),
    ...faultWords(t),
    enrolmentCode: t("enrolmentCode.label"),
    resetText: t("enrolmentCode.text"),
    closed: t("enrolmentClosed.title"),
    askSuperuser: t("enrolmentClosed.text", { helper: t("helper.office") }),
    frozen: t("blocked.frozen.title"),
  };
}

/** Of the pages with recovery codes. */
const codeWords = (t: Translate) => ({
  save: t("recoveryCodes.title"),
  once: t("recoveryCodes.text"),
  shown: t("recoveryCodes.shown.title"),
  again: t("recoveryCodes.again"),
  saved: t("recoveryCodes.saved"),
  savedEarlier: t("recoveryCodes.shown.saved"),
  copy: t("common.copy"),
  copied: t("common.copied"),
  download: t("recoveryCodes.download"),
  sheet: t("recoveryCodes.sheet.title", { product: "Vestibule" }),
  useRecoveryCode: t("challenge.useRecoveryCode"),
  recoveryCode: t("recoveryCode.label"),
  recovered: t("recovered.title"),
  stillThere: t("recovered.yes"),
  factorLost: t("recovered.no"),
  fiveLeft: t("recovered.left", { left: 5 }),
});

/** Of codes that are wrong, and of what comes after three of them. */
const faultWords = (t: Translate) => ({
  twoLeft: t("code.wrong", { tries: 2 }),
  oneLeft: t("code.wrong", { tries: 1 }),
  usedUp: t("code.usedOther", { tries: 3 }),
  expired: t("code.expired", { tries: 2 }),
  blocked: t("blocked.title", { hours: 0, minutes: 15 }),
  tryAgainAt: new RegExp(String.raw`${escaped(t("blocked.tryAgainAt"))}\s+(\d\d:\d\d)\b`),
  newPassword: t("blocked.newPassword"),
  lift: t("blocked.lift"),
});

const escaped = (text: string): string => text.replaceAll(/[.*+?^${}()|[\]\\]/g, String.raw`\$&`);

export const ENGLISH = wordsIn("en");
export const DUTCH = wordsIn("nl");
