import type { Page } from "playwright-core";
import { Texts } from "../../src/platform/web/texts.ts";
import { unbrokenMask } from "../../src/domain/factors/mobile-number.ts";
import type { Help } from "../../src/kernel/support-contact.ts";
import { MailView, type WrittenMail } from "../../src/platform/messages/mail-view.ts";
import type { Notice } from "../../src/platform/messages/notices.ts";
import { preview, type Preview } from "./preview.ts";

const HELP: Help = {
  helper: "office",
  contact: {
    phone: "+31 20 123 45 67",
    mail: "support@id.test",
    url: "https://help.id.test/",
    hours: "Mon–Fri 9:00–17:00",
  },
};

type Values = Readonly<Record<string, string | number>>;

const ISSUER = "https://id.test";
const TOKEN = "a1B2c3D4".repeat(6).slice(0, 43);

const view = new MailView(new Texts(new URL("../../views/locales/", import.meta.url)), {
  product: "Vestibule",
  issuer: ISSUER,
});

const disputes = { link: `${ISSUER}/not-me/${TOKEN}` };
const number = { number: unbrokenMask("+31612345678"), hasLink: "yes", ...disputes };
const invited = { office: "Noord & Zonen", code: "NOORD", username: "sanne", address: `${ISSUER}/o/NOORD` };

const inOffice = (name: string, code: string) => `${name}\n${code} / sanne\n\n${ISSUER}/o/${code}`;

/** What each notice says of a user's account; a notice that is not here does not compile. */
const NOTICES: Readonly<Record<Notice, Values>> = {
  blocked: {},
  factorEnrolled: {},
  passkeyAdded: {},
  emailCodeAdded: {},
  passwordLinkWithheld: { username: "sanne", office: "Plain & Partners" },
  factorRemoved: { kind: "passkey" },
  factorRemovedByOffice: { kind: "passkey" },
  factorReset: { codes: "ended" },
  setUpOpened: { codes: "none" },
  factorResetAsked: {},
  recoveryCodeUsed: { left: 5 },
  recoveryCodesLow: { left: 1 },
  passwordLink: { ...invited, link: `${ISSUER}/reset-password/${TOKEN}` },
  invitation: { ...invited, link: `${ISSUER}/invitation/${TOKEN}` },
  officeCodes: { list: [inOffice("Noord & Zonen", "NOORD"), inOffice("Bakkerij Goud", "GOUD")].join("\n\n") },
  passwordChanged: {},
  passwordReset: {},
  passwordResetLifted: {},
  passwordChangedHere: {},
  profileChanged: {},
  mailChangeLink: { link: `${ISSUER}/account/mail/link/${TOKEN}` },
  mailChangeAsked: disputes,
  mailChanged: disputes,
  mailReplaced: disputes,
  mailEntered: { codes: "none" },
  sessionsEnded: {},
  sessionEndedByOffice: {},
  sessionsEndedByOffice: {},
  accountDeleted: {},
  officeClosed: { office: "Noord & Zonen", date: "27 February 2027" },
  roleChanged: { before: "user", role: "superuser" },
  superuserChanged: { what: "made", who: "Chris Smit (chris)", count: 1 },
  superuserAsked: {
    ...{ what: "make", who: "Chris Smit (chris)" },
    link: `${ISSUER}/console/o/NOORD/users/5f0c1c0e-8f7b-4e53-9a5e-0d8f3a1c2b4d/approval`,
  },
  accessRevoked: { application: "Printshop" },
  browserTrusted: { days: 14 },
  newBrowser: {
    ...{ time: "29 Nov 2026, 14:03", browser: "Firefox on Windows", network: "2001:db8:1:2::/64" },
    ...disputes,
  },
  trustEnded: {},
  trustEndedByOffice: {},
  recoveryCodesMade: {},
  numberConfirmed: number,
  numberChanged: number,
  numberRequested: number,
  numberApproved: number,
  numberCancelled: number,
  numberReplaced: { ...number, codes: "ended" },
  numberRemoved: { ...number, codes: "ended" },
  numberSwitchedOff: number,
  passkeySoon: {
    ...{ ...invited, code: "NOORD", day: "31 January 2027", zone: "Europe/Amsterdam" },
    link: `${ISSUER}/o/NOORD`,
  },
  secondFactorSoon: {
    ...{ ...invited, code: "NOORD", day: "31 January 2027", zone: "Europe/Amsterdam" },
    link: `${ISSUER}/o/NOORD`,
  },
};

/** The mail with a code is no notice, and has the same form. */
type Written = Notice | "emailCode";

/** States that only few see: nobody to press "not me", no code left, names that never end. */
const SPECIAL: Readonly<Record<string, readonly [Written, Values]>> = {
  "email-code": ["emailCode", { code: "123456" }],
  "number-changed-without-link": ["numberChanged", { ...number, hasLink: "no" }],
  "recovery-codes-none": ["recoveryCodesLow", { left: 0 }],
  "superusers-imported": ["superuserChanged", { what: "imported", who: "", count: 3 }],
  "browser-trusted-day": ["browserTrusted", { days: 1 }],
  "invitation-long": [
    "invitation",
    {
      name: "Wilhelmina Alexandra Johanna van Heeckeren tot Nettelhorst-Hoogendijk van Domselaar",
      office: "Administratiekantoor Van der Meulen, Schimmelpenninck & Zonen Belastingadviseurs Groningen",
      code: "VAN-DER-MEULEN-SCHIMMELPENNINCK",
      address: `${ISSUER}/o/VAN-DER-MEULEN-SCHIMMELPENNINCK`,
      username: "wilhelmina.alexandra.van.heeckeren-tot-nettelhorst@vandermeulen.example",
      link: `${ISSUER}/invitation/${TOKEN}`,
    },
  ],
};

const MAILS: readonly (readonly [string, Written, Values])[] = [
  ...Object.entries(NOTICES).map(([notice, values]) => [inKebab(notice), notice as Notice, values] as const),
  ...Object.entries(SPECIAL).map(([name, [notice, values]]) => [name, notice, values] as const),
];

function inKebab(notice: string): string {
  return notice.replaceAll(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);
}

/** The language of the window, such as `en` of `en-GB`. */
const languageOf = (page: Page): Promise<string> => page.evaluate<string>("navigator.language.split('-')[0]");

async function write(page: Page, notice: Written, values: Values): Promise<WrittenMail> {
  const language = await languageOf(page);
  const office = OF_OFFICE.has(notice) ? { name: "Noord & Zonen", accent: "#7a1f5c" } : null;
  return view.write(
    language,
    `notice.${notice}`,
    { name: "Sanne Bakker", ...values },
    { office, help: HELP },
  );
}

/** Some of an office with a colour of its own; the others look as of one without. */
const OF_OFFICE: ReadonlySet<Written> = new Set([
  "invitation",
  "passwordLink",
  "numberRequested",
  "blocked",
  "emailCode",
]);

/** As it stands in a reader that shows no HTML. */
const asText = ({ subject, text }: WrittenMail) => `<h2>${escaped(subject)}</h2><pre>${escaped(text)}</pre>`;

const escaped = (text: string) => text.replaceAll("&", "&amp;").replaceAll("<", "&lt;");

const STYLE =
  "<style>body { font: 16px sans-serif; color-scheme: light dark } h2 { overflow-wrap: anywhere } pre { white-space: pre-wrap; overflow-wrap: anywhere }</style>";

async function showTexts(page: Page): Promise<void> {
  const language = await languageOf(page);
  const texts: string[] = [];
  for (const [, notice, values] of MAILS) {
    texts.push(asText(await write(page, notice, values)));
  }
  await page.setContent(
    `<!doctype html><html lang="${language}"><title>Mails</title>${STYLE}<main><h1>Mails</h1>${texts.join("")}</main>`,
  );
}

/** The program that shows a mail has the landmarks around it. */
const INTO_READER = `(() => {
  const main = document.createElement("main");
  main.append(...document.body.children);
  document.body.append(main);
})()`;

/** Every mail to people as HTML, and all of them as text on one page. */
export const mails: readonly Preview[] = [
  ...MAILS.map(([name, notice, values]) =>
    preview(`mail-${name}`, async (page) => {
      await page.setContent((await write(page, notice, values)).html);
      await page.evaluate(INTO_READER);
    }),
  ),
  preview("mails-as-text", showTexts),
];
