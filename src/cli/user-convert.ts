import { readFileSync } from "node:fs";
import { buffer } from "node:stream/consumers";
import { Option, type Command } from "commander";
import { z } from "zod";
import { now } from "../kernel/clock.ts";
import { OperatorError } from "../kernel/errors.ts";
import { utf8 } from "../kernel/utf8.ts";
import { fromAspNet } from "./other-systems/aspnet.ts";
import { fromAuth0 } from "./other-systems/auth0.ts";
import { fromCognito } from "./other-systems/cognito.ts";
import { fromDjango } from "./other-systems/django.ts";
import { fromFirebase } from "./other-systems/firebase.ts";
import type { ForeignUser } from "./other-systems/foreign-user.ts";
import { fromKeycloak } from "./other-systems/keycloak.ts";
import { readExport } from "./other-systems/read-export.ts";
import { terminalOf, write } from "./terminal.ts";
import { addVerb } from "./verb.ts";

interface ConvertOptions {
  readonly from: System;
  readonly parameters?: string;
  readonly passkeys?: boolean;
}

const SYSTEMS = ["keycloak", "auth0", "cognito", "firebase", "aspnet", "django"] as const;
type System = (typeof SYSTEMS)[number];

/** The member that has the users, where the export is one document. */
const MEMBER: Readonly<Record<System, string>> = {
  ...{ keycloak: "users", auth0: "users", cognito: "Users", firebase: "users" },
  ...{ aspnet: "users", django: "users" },
};

/** Makes a file for `user import` of what another system has exported. It needs no database and changes nothing. */
export function addConvertCommand(noun: Command): void {
  addVerb(noun, {
    usage: "convert",
    about:
      'make JSON Lines for "user import" of another system\'s export on standard input; disabled users are left out (docs/migrating.md)',
    examples: [
      "user convert --from keycloak < realm-users.json > people.jsonl",
      "user convert --from firebase --parameters hash-config.txt < users.json > people.jsonl",
    ],
  })
    .addOption(
      new Option("--from <system>", "where the export comes from").choices(SYSTEMS).makeOptionMandatory(),
    )
    .option("--parameters <file>", "of Firebase: the file with the project's password hash parameters")
    .option(
      "--passkeys",
      "of Keycloak: take over passkeys, which work only where VESTIBULE_PASSKEY_DOMAIN is the domain that they were made for",
    )
    .action(convert);
}

async function convert(this: Command, { from, parameters, passkeys = false }: ConvertOptions): Promise<void> {
  const { input, output, errorOutput } = terminalOf(this);
  if (input.isTTY === true) {
    throw new OperatorError(
      'Give the export on standard input: "npx vestibule user convert --from keycloak < realm.json > people.jsonl".',
    );
  }
  const text = utf8(await buffer(input));
  if (text === null) {
    throw new OperatorError("The export is not in UTF-8, as JSON has to be.");
  }
  const users = usersOf(from, readExport(text, MEMBER[from]), parameters);
  const active = users.filter(({ isDisabled }) => !isDisabled);
  for (const user of active) {
    const row = { ...rowOf(user), ...(passkeys ? passkeysOf(user) : {}) };
    await write(output, `${JSON.stringify(row)}\n`);
  }
  const without = active.filter(({ passwordHash }) => (passwordHash ?? "") === "").length;
  await write(
    errorOutput,
    `${String(active.length)} users, ${String(without)} of them without a password; ${String(users.length - active.length)} disabled ones were left out.\n`,
  );
}

function usersOf(from: System, exported: readonly unknown[], parameters: string | undefined): ForeignUser[] {
  try {
    switch (from) {
      case "keycloak":
        return fromKeycloak(exported);
      case "auth0":
        return fromAuth0(exported);
      case "cognito":
        return fromCognito(exported);
      case "firebase":
        return fromFirebase(exported, parametersIn(parameters));
      case "aspnet":
        return fromAspNet(exported, now());
      case "django":
        return fromDjango(exported);
    }
  } catch (error) {
    if (error instanceof z.ZodError || error instanceof SyntaxError) {
      throw new OperatorError(
        `This is no export of ${from} as docs/migrating.md describes it: ${placeOf(error)}.`,
      );
    }
    throw error;
  }
}

/** Which user and which member of it: never the value, which may be a hash. */
const placeOf = (error: z.ZodError | SyntaxError): string => {
  const [at, ...path] = error instanceof z.ZodError ? (error.issues[0]?.path ?? []) : [];
  const member = path.length === 0 ? "" : ` has a wrong or no "${path.join(".")}"`;
  return typeof at === "number" ? `user number ${String(at + 1)}${member}` : "a part of it is no JSON";
};

function parametersIn(file: string | undefined): string {
  if (file === undefined) {
    throw new OperatorError(
      "Firebase's hashes need the project's parameters: give them as a file by --parameters.",
    );
  }
  try {
    return readFileSync(file, "utf8");
  } catch {
    throw new OperatorError(`The file ${file} cannot be read.`);
  }
}

const passkeysOf = ({ passkeys = [] }: ForeignUser) => (passkeys.length === 0 ? {} : { passkeys });

/** With the columns that `user import` knows; what is empty is left out. */
function rowOf(user: ForeignUser): Readonly<Record<string, string | number | boolean>> {
  const { username, name, mail, number, isNumberConfirmed = false, passwordHash, app } = user;
  const hasNumber = (number ?? "") !== "";
  const cells = {
    ...{ username, name, mail, "mobile number": number },
    "mobile number confirmed": hasNumber && isNumberConfirmed ? true : null,
    "password hash": passwordHash,
    ...{ "totp secret": app?.secret, "totp algorithm": app?.algorithm },
    ...{ "totp digits": app?.digits, "totp period": app?.period },
  };
  return Object.fromEntries(
    Object.entries(cells).flatMap(([column, value]) =>
      value === null || value === undefined || value === "" ? [] : [[column, value] as const],
    ),
  );
}
