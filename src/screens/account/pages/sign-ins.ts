import {
  ACCOUNT_APPLICATION_ID,
  CONSOLE_APPLICATION_ID,
} from "../../../domain/applications/own-application.ts";
import { FACTOR_KINDS, FACTORS, factorText } from "../../../domain/factors/factor.ts";
import type { Translate } from "../../../kernel/languages.ts";
import { dateTime } from "../../../kernel/date-format.ts";
import { HISTORY_PAGE, type HistoryEntry, type HistoryStore } from "../history-store.ts";
import type { AccountContext, ViewPage } from "../page.ts";

/** Greater than any event id: the largest bigint of PostgreSQL. */
const NEWEST = "9223372036854775807";

/** The history of the user's sign-ins: when, from where, how, to which application, and the result. */
export function signInsPage(history: HistoryStore): ViewPage {
  return {
    path: "/account/sign-ins",
    tab: "sign-ins",
    show: async (context) => {
      const { id, office } = context.session.account;
      const before = beforeOf(context.query["before"]);
      const found = await history.find({ id, officeId: office.id }, before);
      const entries = found.entries.slice(0, HISTORY_PAGE);
      const hasMore = found.entries.length > HISTORY_PAGE;
      return {
        view: "sign-ins",
        office: found.office,
        model: {
          entries: entries.map((entry) => entryView(entry, context)),
          olderHref: hasMore ? `/account/sign-ins?before=${entries.at(-1)?.id ?? ""}` : null,
          newestHref: before === NEWEST ? null : "/account/sign-ins",
        },
      };
    },
  };
}

const beforeOf = (asked: unknown): string =>
  typeof asked === "string" && /^[0-9]{1,18}$/.test(asked) ? asked : NEWEST;

function entryView(entry: HistoryEntry, { t, ...reader }: AccountContext) {
  return {
    at: dateTime(entry.at, reader),
    result: t(`account.history.${entry.type}`),
    isGood: entry.type === "sign-in",
    facts: [
      ...fact(t("account.history.application"), applicationName(entry, t)),
      ...fact(t("account.history.method"), methodText(entry, t)),
      ...fact(t("account.history.address"), entry.address),
    ],
  };
}

const fact = (name: string, value: string | null) => (value === null ? [] : [{ name, value }]);

/** Our own pages, which are not in the table of applications. */
const OWN_NAMES: ReadonlyMap<string | null, string> = new Map([
  [ACCOUNT_APPLICATION_ID, "account.title"],
  [CONSOLE_APPLICATION_ID, "console.name"],
]);

function applicationName({ applicationId, applicationName: name }: HistoryEntry, t: Translate) {
  const key = OWN_NAMES.get(applicationId);
  return key === undefined ? name : t(key);
}

/** The methods of a sign-in (`amr`, RFC 8176), or the kind of a wrong code. */
function methodText({ details }: HistoryEntry, t: Translate): string | null {
  const words = [details["methods"], details["kind"]]
    .filter((value) => typeof value === "string")
    .flatMap((value) => value.split(" "));
  const names = METHODS.filter(([word]) => words.includes(word)).map(([, key]) => t(key));
  return names.length === 0 ? null : [...new Set(names)].join(", ");
}

const METHODS = [
  ["pwd", "account.method.password"],
  ...FACTOR_KINDS.flatMap((kind) =>
    [...FACTORS[kind].amr, kind, `new-${kind}`].map((word) => [word, factorText(kind, "label")] as const),
  ),
  ["recovery", "recoveryCode.label"],
  ["enrolment", "enrolmentCode.label"],
] as const;
