import { resolve } from "node:path";
import type { Command } from "commander";
import type { Services } from "../server/wiring/services.ts";
import { OperatorError } from "../kernel/errors.ts";
import { PUBLISHED_AHEAD_MINUTES } from "../protocol/keys/signing-keys.ts";
import { createSecrets, hasSecrets } from "../platform/secrets/secrets-file.ts";
import { table, type Answer } from "./answer.ts";
import { addDataKeyCommands } from "./data-keys.ts";
import { addNoun, addVerb, answering } from "./verb.ts";
import { ACTOR, withServices } from "./with-services.ts";

/** `keys`: the secrets file, the keys that sign tokens, and the key that encrypts at rest. */
export function addKeysCommands(program: Command): void {
  const noun = addNoun(program, {
    usage: "keys",
    about: "the secrets file, the keys that sign tokens, and the key that encrypts at rest",
    examples: ["keys init /etc/vestibule/secrets.json"],
  });
  addVerb(noun, {
    usage: "init <file>",
    about: "make the secrets file of a new installation; never replaces one",
    examples: ["keys init /etc/vestibule/secrets.json"],
  }).action(answering(init));
  addVerb(noun, {
    usage: "list",
    about: "list the keys that sign tokens",
    examples: ["keys list --json"],
  }).action(answering(withServices(list)));
  addVerb(noun, {
    usage: "rotate",
    about:
      "make new signing keys: published at once, used later; the old ones stay published until their last token has ended",
    examples: ["keys rotate", "keys rotate --in-minutes 10"],
  })
    .option(
      "--in-minutes <n>",
      `when they begin to sign (default: ${String(PUBLISHED_AHEAD_MINUTES)}, a day)`,
    )
    .action(answering(withServices(rotate)));
  addDataKeyCommands(noun);
}

function init(typed: string): Promise<Answer> {
  const file = resolve(typed);
  if (hasSecrets(file)) {
    throw new OperatorError(`${file} is there already, and secrets are never replaced. Choose another file.`);
  }
  createSecrets(file);
  return Promise.resolve({
    json: { file },
    text: [
      `The secrets are in ${file}, readable by you alone.`,
      `Set VESTIBULE_SECRETS_FILE=${file}, and keep a copy in a safe place:`,
      "without this file the database's keys and stored identifiers are of no use.",
    ].join("\n"),
  });
}

async function list({ signingKeys }: Services): Promise<Answer> {
  const keys = await signingKeys.list();
  const rows = keys.map(({ id, algorithm, state, usedFrom, expiresAt }) => [
    id,
    algorithm,
    state,
    usedFrom.toISOString(),
    expiresAt?.toISOString() ?? "",
  ]);
  const heading = ["KEY ID", "ALGORITHM", "STATE", "SIGNS FROM", "PUBLISHED UNTIL"];
  return { json: keys, text: table(heading, rows, "No keys yet: the first start makes them.") };
}

async function rotate(services: Services, { inMinutes }: { readonly inMinutes?: string }): Promise<Answer> {
  const { signingKeys, audit } = services;
  const ahead = minutesOf(inMinutes);
  await signingKeys.rotate(
    (tx) =>
      audit.add(tx, {
        type: "signing-key.rotated",
        outcome: "ok",
        officeId: null,
        actor: ACTOR,
        details: { inMinutes: ahead },
      }),
    ahead,
  );
  const answer = await list(services);
  return {
    ...answer,
    text: `New keys were made. Running servers publish them within seconds and sign with them from then on.\n\n${answer.text}`,
  };
}

/** Running servers read their keys every few seconds, and applications cache the key set. */
const MIN_MINUTES = 1;
const MAX_MINUTES = 7 * 24 * 60;

function minutesOf(typed: string | undefined): number {
  const minutes = typed === undefined ? PUBLISHED_AHEAD_MINUTES : Number(typed);
  if (!Number.isInteger(minutes) || minutes < MIN_MINUTES || minutes > MAX_MINUTES) {
    throw new OperatorError(
      `--in-minutes must be a whole number from ${String(MIN_MINUTES)} to ${String(MAX_MINUTES)}.`,
    );
  }
  return minutes;
}
