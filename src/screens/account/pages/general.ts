import { longDay } from "../../../kernel/date-format.ts";
import type { AccountStore } from "../account-store.ts";
import type { ViewPage } from "../page.ts";
import { factorText } from "../../../domain/factors/factor.ts";
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
      const { office, factors, codesLeft, number } = await store.overview(
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
          methods: factors.map(({ kind, since }) => ({
            name: t(factorText(kind, "label")),
            since: longDay(since, reader),
          })),
          number: number === null ? null : shownNumber(number),
          isConfirmed: number?.state === "confirmed",
          codesLeft: factors.length === 0 ? null : codesLeft,
          fewCodes: RECOVERY_CODES.warnAt,
        },
      };
    },
  };
}

/** Where this page would be in the console: help texts name the second method by this path, for every user. */
const consolePath = (name: string, t: Translate): readonly string[] => [
  ...[t("console.settings.name"), t("console.users.name"), name],
  ...[t("account.tab.general"), t("account.method.label")],
];
