import { countryNames } from "../countries.ts";
import { timeZoneText } from "../../../kernel/time-zone.ts";
import { languageName, type Translate } from "../../../kernel/languages.ts";
import { logoToken } from "../../../domain/offices/logo-address.ts";
import { LEGAL_PAGES, type Branding, type Office } from "../../../domain/offices/office.ts";
import { scimHref } from "./scim.ts";
import { officeHref, type OfficePage } from "../page.ts";
import { modelsText } from "../passkey-models.ts";
import { dayText, mailboxEnoughText, methodsText, passwordlessText } from "../settings-texts.ts";

/** The settings of the office, with links to change them. */
export function settingsPage(): OfficePage {
  return {
    name: "settings",
    about: "office",
    path: "/settings",
    action: "settings.see",
    isEntry: true,
    show: ({ office, t, language, ...context }) =>
      Promise.resolve({
        view: "settings",
        model: {
          groups: groupsOf(office, t, language).map(({ page, rows }) => ({
            title: t(`console.settings-${page}.title`),
            href: officeHref(office.code, `/settings/${page}`),
            rows: rows.map(([label, value]) => ({ label: t(label), value })),
          })),
          usersHref: officeHref(office.code, "/users"),
          scimHref: scimHref({ office, t, language, ...context }),
        },
      }),
  };
}

type Row = readonly [label: string, value: string];

function groupsOf(office: Office, t: Translate, language: string): { page: string; rows: readonly Row[] }[] {
  const { sessionMinutes: minutes, trustedBrowserDays: days, branding } = office;
  const session = minutes === null ? t("console.settings.ours") : t("console.settings.minutes", { minutes });
  const trust = days === null ? t("console.settings.noTrust") : t("console.settings.days", { days });
  return [
    {
      page: "general",
      rows: [
        ["console.settings.officeName", office.name],
        ["password.officeCode.label", office.code],
        ["account.language.label", languageName(office.language) ?? office.language],
        ["account.timeZone.label", timeZoneText(office.zone)],
      ],
    },
    { page: "second-factor", rows: secondFactorOf(office, t, language) },
    { page: "text-messages", rows: textMessagesOf(office, language) },
    {
      page: "sign-in",
      rows: [
        ["console.settings.session", session],
        ["console.settings.trust", trust],
        ["console.settings.passwordless", passwordlessText(office.isPasswordless, t)],
        ["console.settings.mailbox", mailboxEnoughText(office.isMailboxEnough, t)],
      ],
    },
    {
      page: "branding",
      rows: [
        ["console.settings.accent", branding.accent ?? t("console.settings.ours")],
        ["console.settings.logo", t(logoText(branding))],
      ],
    },
    { page: "texts", rows: textsOf(branding, t, language) },
    { page: "support", rows: supportOf(office, t) },
  ];
}

function textsOf({ welcome, legal }: Branding, t: Translate, language: string): Row[] {
  const list = new Intl.ListFormat(language);
  const listed = (names: readonly string[], none: string) =>
    names.length === 0 ? t(none) : list.format(names);
  const pages = LEGAL_PAGES.filter((page) => legal[page] !== undefined);
  return [
    [
      "console.settings.welcome",
      listed(
        Object.keys(welcome).map((code) => languageName(code) ?? code),
        "console.settings.welcome.none",
      ),
    ],
    [
      "console.settings.legal",
      listed(
        pages.map((page) => t(`common.legal.${page}`)),
        "console.settings.legal.none",
      ),
    ],
  ];
}

const logoText = ({ logoUrl }: Branding): string =>
  logoUrl === null
    ? "console.settings.logo.none"
    : `console.settings.logo.${logoToken(logoUrl) === null ? "elsewhere" : "own"}`;

function secondFactorOf(office: Office, t: Translate, language: string): Row[] {
  const { demand, from, methods } = office.secondFactor;
  const { phishingResistance: resistance } = office;
  const begins = from === null ? t("console.settings.atOnce") : dayText(from, office, language);
  return [
    ["console.settings.demand", t(`console.settings.demand.${demand}`)],
    ...(demand === "off" ? [] : [["console.settings.from", begins] as const]),
    ["console.settings.methods", methodsText(methods, t, language)],
    ["console.settings.resistance", t(`console.settings.resistance.${resistance.of}`)],
    ...(resistance.from === null
      ? []
      : [["console.settings.resistantFrom", dayText(resistance.from, office, language)] as const]),
    ...(office.passkeyModels === null
      ? []
      : [["console.settings.passkeyModels", modelsText(office.passkeyModels, t)] as const]),
  ];
}

function textMessagesOf({ country, countries, smsDailyBudget }: Office, language: string): Row[] {
  return [
    ["console.settings.country", countryNames([country], language).join("")],
    ["console.settings.countries", new Intl.ListFormat(language).format(countryNames(countries, language))],
    ["console.settings.budget", new Intl.NumberFormat(language).format(smsDailyBudget)],
  ];
}

/** Only the parts that there are. */
function supportOf({ support }: Office, t: Translate): Row[] {
  const parts = (["phone", "mail", "url", "hours"] as const).flatMap((part) => {
    const value = support?.[part] ?? null;
    return value === null ? [] : [[`support.${part}`, value] as const];
  });
  return parts.length > 0 ? parts : [["console.role.support", t("console.settings.ours")]];
}
