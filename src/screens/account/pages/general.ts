import { longDay, type Reader } from "../../../kernel/date-format.ts";
import type { AccountStore, Overview } from "../account-store.ts";
import type { ViewPage } from "../page.ts";
import { areSideBySide, factorText, type FactorKind } from "../../../domain/factors/factor.ts";
import { passkeyFacts, passkeyName } from "../../../domain/factors/passkeys/passkey-facts.ts";
import { shownNumber } from "../../../domain/factors/mobile-number.ts";
import { RECOVERY_CODES } from "../../../domain/factors/recovery-codes.ts";
import { timeZoneText } from "../../../kernel/time-zone.ts";
import { languageName, type Translate } from "../../../kernel/languages.ts";
import { shownMail } from "../../../kernel/typed-text/typed-mail.ts";

/** The user's data and sign-in methods, with links to change them. */
export function generalPage(store: AccountStore): ViewPage {
  return {
    path: "/account",
    tab: "general",
    show: async ({ session, t, query, ...reader }) => {
      const { account } = session;
      const { office, factors, passkeys, codesLeft, number } = await store.overview(
        { id: account.id, officeId: account.office.id },
        { thing: "", binding: "" },
      );
      return {
        view: "general",
        office,
        model: {
          path: query["from"] === "console" ? consolePath(account.name, t) : [],
          account: { name: account.name, username: account.username, mail: shownMail(account.mail ?? "") },
          languageName: languageName(account.language) ?? t("account.language.office"),
          timeZone: timeZoneText(reader.zone.name),
          zoneNote:
            account.timeZone === null
              ? t(reader.zone.isNamed ? "account.timeZone.office" : "account.timeZone.browser")
              : null,
          ...methodRows(
            { factors, passkeys, methods: account.office.secondFactor.methods },
            { t, ...reader },
          ),
          number: number === null ? null : shownNumber(number),
          isConfirmed: number?.state === "confirmed",
          codesLeft: factors.length === 0 ? null : codesLeft,
          fewCodes: RECOVERY_CODES.warnAt,
        },
      };
    },
  };
}

type Shown = Pick<Overview, "factors" | "passkeys">;

/**
 * The methods, each with its own link where the office lets its users have several; else one row, which leads to the choice. A passkey
 * has a row of its own.
 */
function methodRows(
  { factors, passkeys, methods }: Shown & { readonly methods: readonly FactorKind[] },
  reader: Reader & { readonly t: Translate },
) {
  const { t } = reader;
  const isSideBySide = areSideBySide(methods);
  const hasOthers = factors.length > 1;
  const ofPasskeys = passkeys.map((passkey) => ({
    name: passkeyName(passkey, t),
    label: t(factorText("passkey", "label")),
    more: passkeyFacts(passkey, reader),
    href: `/account/passkeys/${passkey.id}`,
    change: t("account.change"),
  }));
  const ofOthers = factors
    .filter(({ kind }) => kind !== "passkey")
    .map(({ kind, since }) => ({
      name: t(factorText(kind, "label")),
      label: t("account.method.label"),
      more: t("account.method.since", { date: longDay(since, reader) }),
      href: isSideBySide ? (hasOthers ? `/account/method/remove/${kind}` : null) : "/account/method",
      change: t(isSideBySide ? "account.removeMethod.link" : "account.change"),
    }));
  return { methods: [...ofPasskeys, ...ofOthers], addsMethod: isSideBySide && factors.length > 0 };
}

/** Where this page would be in the console: help texts name the second method by this path, for every user. */
const consolePath = (name: string, t: Translate): readonly string[] => [
  ...[t("console.settings.name"), t("console.users.name"), name],
  ...[t("account.tab.general"), t("account.method.label")],
];
