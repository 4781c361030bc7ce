import type { Command } from "commander";
import type { Services } from "../server/wiring/services.ts";
import { OperatorError } from "../kernel/errors.ts";
import { LANGUAGE_CHOICE } from "../kernel/languages.ts";
import { checkAccent } from "../kernel/colour-contrast.ts";
import { newOfficeSchema, type Office } from "../domain/offices/office.ts";
import { details, table, type Answer } from "./answer.ts";
import { getOffice } from "./get-office.ts";
import { parseOptions } from "./option-faults.ts";
import { given, orNone } from "./typed-values.ts";
import { describeSecondFactor, secondFactorOf, withSecondFactor } from "./office-second-factor.ts";
import {
  trustedBrowserDaysOf,
  describeTrustedBrowsers,
  withTrustedBrowsers,
} from "./office-trusted-browsers.ts";
import { describeResistance, resistanceOf, withResistance } from "./office-resistance.ts";
import {
  describePasskeyModels,
  passkeyModelsOf,
  withPasskeyModels,
  type PasskeyModelOptions,
} from "./office-passkey-models.ts";
import { mailboxEnoughOf, withMailboxEnough } from "./office-mailbox.ts";
import { passwordlessOf, withPasswordless } from "./office-passwordless.ts";
import { changeLogo, logoOf, withLogo } from "./office-logo.ts";
import { describeSupport, supportOf, withSupportContact } from "./office-support.ts";
import { describeTextMessages, textMessagesOf, withTextMessages } from "./office-text-messages.ts";
import { addNoun, addVerb, answering } from "./verb.ts";
import { ACTOR, withServices } from "./with-services.ts";

/** `office`: offices, added, listed, shown and edited; other verbs of the noun are in the files `office-*.ts`. */

interface OfficeOptions extends PasskeyModelOptions {
  readonly name?: string;
  readonly language?: string;
  readonly logo?: string;
  readonly accent?: string;
  readonly timeZone?: string;
  readonly sessionMinutes?: string;
  readonly secondFactor?: string;
  readonly from?: string;
  readonly methods?: string;
  readonly country?: string;
  readonly countries?: string;
  readonly smsBudget?: string;
  readonly trustedBrowserDays?: string;
  readonly passwordless?: string;
  readonly mailboxEnough?: string;
  readonly phishingResistant?: string;
  readonly phishingResistantFrom?: string;
  readonly supportEmail?: string;
  readonly supportPhone?: string;
  readonly supportUrl?: string;
  readonly supportHours?: string;
}

const NAMES = { code: "CODE" };
const LIMIT = 10_000;

const withPolicy = (verb: Command): Command =>
  withSecondFactor(
    withResistance(withPasskeyModels(withTrustedBrowsers(withPasswordless(withMailboxEnough(verb))))),
  );

/** Returns the noun, for verbs in other files. */
export function addOfficeCommands(program: Command): Command {
  const noun = addNoun(program, {
    usage: "office",
    about: "offices, the customers whose users sign in",
    examples: ['office add NOORD --name "Noord & Zonen"'],
  });
  withLook(
    addVerb(noun, {
      usage: "add <code>",
      about: "add an office; its code has 3 to 32 of A-Z, 0-9 and -",
      examples: ['office add NOORD --name "Noord & Zonen" --language nl --accent "#0b6e4f"'],
    }),
  ).action(answering(withServices(add)));
  addVerb(noun, { usage: "list", about: "list all offices", examples: ["office list --json"] }).action(
    answering(withServices(list)),
  );
  const editing = withLook(
    addVerb(noun, {
      usage: "edit <code>",
      about: 'change an office; what is not named stays, the word "none" removes a value',
      examples: [
        "office edit NOORD --session-minutes 240",
        "office edit NOORD --second-factor required --from 2027-01-31 --methods totp",
        "office edit NOORD --country NL --countries NL,BE --sms-budget 500",
        "office edit NOORD --trusted-browser-days 14",
        "office edit NOORD --passwordless on",
        "office edit NOORD --logo logo.svg",
        'office edit NOORD --support-phone "+31 20 123 45 67" --support-hours "Mon-Fri 9:00-17:00"',
      ],
    }),
  );
  withSupportContact(withPolicy(withTextMessages(withLogo(editing)))).action(answering(withServices(edit)));
  addVerb(noun, { usage: "show <code>", about: "show one office", examples: ["office show NOORD"] }).action(
    answering(withServices(show)),
  );
  return noun;
}

const withLook = (verb: Command): Command =>
  verb
    .option("--name <name>", "name that its users know")
    .option("--language <language>", `language of its mails and text messages: ${LANGUAGE_CHOICE}`)
    .option("--time-zone <name>", "time zone in which its days begin, such as Europe/Amsterdam")
    .option("--accent <colour>", "colour of its pages, such as #0b6e4f")
    .option("--session-minutes <minutes>", "a session of its users ends after this, 5 to 4320");

async function add(services: Services, code: string, options: OfficeOptions): Promise<Answer> {
  const draft = parseOptions(newOfficeSchema, { name: "", ...fieldsOf(options), code }, NAMES);
  await services.officeService.add(draft, ACTOR);
  return officeAnswer("was added", await getOffice(services, draft.code), services);
}

async function list({ offices }: Services): Promise<Answer> {
  const found = await offices.list(LIMIT);
  const rows = found.map(({ code, name, status, language }) => [code, name, status, language]);
  return {
    json: found,
    text: table(
      ["CODE", "NAME", "STATUS", "LANGUAGE"],
      rows,
      'No office yet: "npx vestibule office add" adds one.',
    ),
  };
}

async function edit(services: Services, code: string, options: OfficeOptions): Promise<Answer> {
  const logo = await logoOf(options.logo);
  const office = await getOffice(services, code);
  const { name, language, timeZone, branding, sessionMinutes } = office;
  const before = { code: office.code, name, language, timeZone, accent: branding.accent, sessionMinutes };
  const draft = parseOptions(newOfficeSchema, { ...before, ...fieldsOf(options) }, NAMES);
  const changed: Office = {
    ...office,
    name: draft.name,
    language: draft.language,
    branding: { ...branding, accent: draft.accent },
    timeZone: draft.timeZone,
    sessionMinutes: draft.sessionMinutes,
    secondFactor: secondFactorOf(office, options),
    ...textMessagesOf(office, options),
    trustedBrowserDays: trustedBrowserDaysOf(office, options),
    isPasswordless: passwordlessOf(office, options),
    isMailboxEnough: mailboxEnoughOf(office, options),
    phishingResistance: resistanceOf(office, options),
    passkeyModels: passkeyModelsOf(office, options),
    support: supportOf(office, options),
  };
  const result = await services.officeService.change(changed, ACTOR);
  if (result.type === "conflict") {
    throw new OperatorError("The office was changed in the meantime: look again, then try again.");
  }
  return officeAnswer("was changed", await changeLogo(services, result.office, logo), services);
}

async function show(services: Services, code: string): Promise<Answer> {
  return officeAnswer("", await getOffice(services, code), services);
}

function fieldsOf({ name, language, timeZone, accent, sessionMinutes }: OfficeOptions) {
  return given({
    name,
    language,
    accent: orNone(accent),
    timeZone: orNone(timeZone),
    sessionMinutes: orNone(sessionMinutes, Number),
  });
}

async function officeAnswer(what: string, office: Office, { settings, stores }: Services): Promise<Answer> {
  const unusablePasskeyModels = await stores.authenticatorModels.unusable(office.passkeyModels);
  const { id, code, name, status, language, timeZone, zone, branding, sessionMinutes } = office;
  const lines = details([
    ["Code", code],
    ["Name", name],
    ["Status", status],
    ["Language", language],
    ["Time zone", timeZone ?? `as the installation: ${zone}`],
    ["Logo", branding.logoUrl === null ? "none" : new URL(branding.logoUrl, settings.issuer).href],
    ["Accent", describeAccent(branding.accent)],
    ["Session", sessionMinutes === null ? "as the installation" : `${String(sessionMinutes)} minutes`],
    ["Second factor", describeSecondFactor(office.secondFactor, office)],
    ["Text messages", describeTextMessages(office)],
    ["Trusted browsers", describeTrustedBrowsers(office)],
    ["Passwordless", office.isPasswordless ? "on" : "off"],
    ["Mailbox is enough", office.isMailboxEnough ? "on" : "off"],
    ["Phishing-resistant", describeResistance(office.phishingResistance, office)],
    ["Passkey models", describePasskeyModels(office.passkeyModels, unusablePasskeyModels)],
    ["Support contact", describeSupport(office)],
    ["Deep link", `${settings.issuer}/o/${code}`],
    ["Id", id],
  ]);
  const json = { ...office, unusablePasskeyModels };
  return { json, text: what === "" ? lines : `The office ${code} ${what}.\n\n${lines}` };
}

function describeAccent(accent: string | null): string {
  const pages = accent === null ? [] : checkAccent(accent).hardToSeeOn;
  return `${accent ?? "none"}${pages.length === 0 ? "" : ` (hard to see on ${pages.join(" and ")} pages)`}`;
}
