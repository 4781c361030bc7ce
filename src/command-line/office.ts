import type { Command } from "commander";
import { z } from "zod";
import type { Services } from "../compose.ts";
import { OperatorError } from "../kernel/errors.ts";
import { FACTOR_KINDS } from "../factors/factor.ts";
import { foldOfficeCode, newOfficeSchema, type Office, type OfficeSecondFactor } from "../offices/office.ts";
import { details, table, type Answer } from "./answer.ts";
import { parseOptions } from "./option-faults.ts";
import { given, orNone } from "./typed-values.ts";
import { textMessagesInWords, textMessagesOf, withTextMessages } from "./office-text-messages.ts";
import { addNoun, addVerb, answering } from "./verb.ts";
import { ACTOR, withServices } from "./with-services.ts";

interface OfficeOptions {
  readonly name?: string;
  readonly language?: string;
  readonly logoUrl?: string;
  readonly accent?: string;
  readonly sessionMinutes?: string;
  readonly secondFactor?: string;
  readonly from?: string;
  readonly methods?: string;
  readonly country?: string;
  readonly countries?: string;
  readonly smsBudget?: string;
  readonly close?: boolean;
  readonly reopen?: boolean;
}

const NAMES = { code: "CODE" };
const MOST = 10_000;

export function addOfficeCommands(program: Command): void {
  const noun = addNoun(program, {
    usage: "office",
    about: "offices, the customers whose people sign in",
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
        "office edit NOORD --close",
      ],
    }),
  );
  withTextMessages(editing)
    .option("--second-factor <demand>", "required or off")
    .option("--from <date>", 'day from which it is required, such as 2027-01-31; "none": at once')
    .option("--methods <list>", "accepted methods: totp, sms or totp,sms")
    .option("--close", "close the office: nobody of it can sign in, its sessions and tokens end")
    .option("--reopen", "open it again")
    .action(answering(withServices(edit)));
  addVerb(noun, { usage: "show <code>", about: "show one office", examples: ["office show NOORD"] }).action(
    answering(withServices(show)),
  );
}

const withLook = (verb: Command): Command =>
  verb
    .option("--name <name>", "name that its people know")
    .option("--language <language>", "language of its pages: en or nl")
    .option("--logo-url <url>", "https address of its logo")
    .option("--accent <colour>", "colour of its pages, such as #0b6e4f")
    .option("--session-minutes <minutes>", "a session of its people ends after this, 5 to 4320");

/** The office of a code as somebody types it. Throws an OperatorError for an unknown one. */
export async function getOffice({ offices }: Services, typed: string): Promise<Office> {
  const code = foldOfficeCode(typed);
  const office = await offices.findByCode(code);
  if (office === null) {
    throw new OperatorError(`There is no office ${code}. "vestibule office list" shows all of them.`);
  }
  return office;
}

async function add(services: Services, code: string, options: OfficeOptions): Promise<Answer> {
  const draft = parseOptions(newOfficeSchema, { name: "", ...fieldsOf(options), code }, NAMES);
  await services.officeService.add(draft, ACTOR);
  return told("was added", await getOffice(services, draft.code), services);
}

async function list({ offices }: Services): Promise<Answer> {
  const found = await offices.list(MOST);
  const rows = found.map(({ code, name, status, language }) => [code, name, status, language]);
  return {
    json: found,
    text: table(
      ["CODE", "NAME", "STATUS", "LANGUAGE"],
      rows,
      'No office yet: "vestibule office add" adds one.',
    ),
  };
}

async function edit(services: Services, code: string, options: OfficeOptions): Promise<Answer> {
  const office = await getOffice(services, code);
  const { name, language, branding, sessionMinutes } = office;
  const before = { code: office.code, name, language, ...branding, sessionMinutes };
  const draft = parseOptions(newOfficeSchema, { ...before, ...fieldsOf(options) }, NAMES);
  const changed: Office = {
    ...office,
    name: draft.name,
    language: draft.language,
    branding: { logoUrl: draft.logoUrl, accent: draft.accent },
    sessionMinutes: draft.sessionMinutes,
    status: statusOf(office, options),
    secondFactor: secondFactorOf(office, options),
    ...textMessagesOf(office, options),
  };
  await services.officeService.change(changed, ACTOR);
  return told("was changed", changed, services);
}

async function show(services: Services, code: string): Promise<Answer> {
  return told("", await getOffice(services, code), services);
}

const secondFactorSchema = z.object({
  secondFactor: z.enum(["off", "required"], { error: "must be required or off" }),
  from: z.iso
    .date("must be a day such as 2027-01-31")
    .transform((day) => new Date(`${day}T00:00:00Z`))
    .nullable(),
  methods: z
    .array(z.enum(FACTOR_KINDS, { error: "must be totp, sms or totp,sms" }))
    .min(1, "must name one at least"),
});

function secondFactorOf({ secondFactor }: Office, typed: OfficeOptions): OfficeSecondFactor {
  const fields = given({
    secondFactor: typed.secondFactor,
    from: orNone(typed.from),
    methods: typed.methods?.split(",").map((method) => method.trim()),
  });
  const before = {
    secondFactor: secondFactor.demand,
    from: secondFactor.from?.toISOString().slice(0, 10) ?? null,
    methods: secondFactor.methods,
  };
  const parsed = parseOptions(secondFactorSchema, { ...before, ...fields }, NAMES);
  return { demand: parsed.secondFactor, from: parsed.from, methods: parsed.methods };
}

function statusOf(office: Office, { close, reopen }: OfficeOptions): Office["status"] {
  if (close === true && reopen === true) {
    throw new OperatorError("--close and --reopen contradict each other: give one of them.");
  }
  if (close === true) {
    return "closed";
  }
  return reopen === true ? "open" : office.status;
}

function fieldsOf({ name, language, logoUrl, accent, sessionMinutes }: OfficeOptions) {
  return given({
    name,
    language,
    logoUrl: orNone(logoUrl),
    accent: orNone(accent),
    sessionMinutes: orNone(sessionMinutes, Number),
  });
}

function secondFactorInWords({ secondFactor: { demand, from, methods } }: Office): string {
  if (demand === "off") {
    return "off";
  }
  return `required${from === null ? "" : ` from ${from.toISOString().slice(0, 10)}`}, by ${methods.join(" or ")}`;
}

function told(what: string, office: Office, { settings }: Services): Answer {
  const { id, code, name, status, language, branding, sessionMinutes } = office;
  const lines = details([
    ["Code", code],
    ["Name", name],
    ["Status", status],
    ["Language", language],
    ["Logo", branding.logoUrl ?? "none"],
    ["Accent", branding.accent ?? "none"],
    ["Session", sessionMinutes === null ? "as the installation" : `${String(sessionMinutes)} minutes`],
    ["Second factor", secondFactorInWords(office)],
    ["Text messages", textMessagesInWords(office)],
    ["Deep link", `${settings.issuer}/o/${code}`],
    ["Id", id],
  ]);
  return { json: office, text: what === "" ? lines : `The office ${code} ${what}.\n\n${lines}` };
}
