import type { Command } from "commander";
import type { Services } from "../server/wiring/services.ts";
import type { AuditType } from "../domain/audit/audit-event.ts";
import { OperatorError } from "../kernel/errors.ts";
import { nameOf, withOtherDataKeys } from "../platform/processes/running-process.ts";
import { addDataKey, dropOldDataKeys } from "../platform/secrets/secrets-file.ts";
import type { Answer } from "./answer.ts";
import { addVerb, answering } from "./verb.ts";
import { ACTOR, withServices } from "./with-services.ts";

const BATCH = 100;

/** Replaces the key that encrypts at rest, in three steps while servers run. */
export function addDataKeyCommands(noun: Command): void {
  addVerb(noun, {
    usage: "new-data-key",
    about: "first step of changing the data key: add a new one to the secrets file; the old one still opens",
    examples: ["keys new-data-key"],
  }).action(answering(withServices(add)));
  addVerb(noun, {
    usage: "re-encrypt",
    about:
      "second step, once every server was restarted: encrypt again what an older key has; may be repeated",
    examples: ["keys re-encrypt"],
  }).action(answering(withServices(reEncrypt)));
  addVerb(noun, {
    usage: "drop-old-data-keys",
    about: "last step: remove the older keys; refuses while a stored value or a running server needs them",
    examples: ["keys drop-old-data-keys"],
  }).action(answering(withServices(drop)));
}

async function add(services: Services): Promise<Answer> {
  await requireSameKeys(services);
  const { secretsFile } = services.settings;
  addDataKey(secretsFile);
  await record(services, "data-key.added", {});
  const dataKeys = services.secrets.dataKeys.length + 1;
  return {
    json: { file: secretsFile, dataKeys },
    text: [
      `${secretsFile} has a new data key; make your copy of the file anew.`,
      "Give the file to every server and restart them all. Then run: npx vestibule keys re-encrypt",
    ].join("\n"),
  };
}

async function reEncrypt(services: Services): Promise<Answer> {
  await requireSameKeys(services);
  const messages = await services.messages.reEncryption.run(BATCH);
  const factors = await services.secondFactor.reEncryption.run(BATCH);
  const signingKeys = await services.signingKeys.reEncryption.run(BATCH);
  const webhooks = await services.webhooks.reEncryption.run(BATCH);
  await record(services, "data-key.re-encrypted", { factors, signingKeys, messages, webhooks });
  return {
    json: { factors, signingKeys, messages, webhooks },
    text: [
      `Encrypted again: ${String(factors)} second factors, ${String(signingKeys)} signing keys, ${String(messages)} waiting messages, ${String(webhooks)} webhooks.`,
      "Once no server runs with the previous file: npx vestibule keys drop-old-data-keys",
    ].join("\n"),
  };
}

async function drop(services: Services): Promise<Answer> {
  const { signingKeys, secondFactor, messages, webhooks, settings, secrets } = services;
  if (secrets.dataKeys.length > 1) {
    await requireSameKeys(services);
  }
  const kinds = [secondFactor, signingKeys, messages, webhooks];
  if ((await Promise.all(kinds.map(({ reEncryption }) => reEncryption.isNeeded()))).includes(true)) {
    throw new OperatorError('An older data key is still needed. Run "npx vestibule keys re-encrypt" first.');
  }
  const dropped = dropOldDataKeys(settings.secretsFile);
  await record(services, "data-key.dropped", { dropped });
  return {
    json: { file: settings.secretsFile, dropped },
    text:
      dropped === 0
        ? "There is no older data key."
        : `${String(dropped)} older removed. Give the file to every server, and destroy the copies of before.`,
  };
}

/**
 * Each step depends on the one before: only a server that has read the new key can decrypt with it, and a server that was
 * not restarted still encrypts with the old one.
 */
async function requireSameKeys({ processes, settings }: Services): Promise<void> {
  const lagging = withOtherDataKeys(await processes.store.list(), processes.dataKeys);
  if (lagging.length > 0) {
    throw new OperatorError(
      `Still running with other data keys than ${settings.secretsFile}: ${lagging.map(nameOf).join(", ")}. ` +
        "Give each this file and restart it, then try again; a process that was killed is forgotten after a minute.",
    );
  }
}

async function record(
  { audit }: Services,
  type: AuditType,
  details: Readonly<Record<string, number>>,
): Promise<void> {
  await audit.addAlone({ type, outcome: "ok", officeId: null, actor: ACTOR, details });
}
