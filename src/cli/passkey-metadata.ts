import { X509Certificate } from "node:crypto";
import { readFile } from "node:fs/promises";
import type { Command } from "commander";
import type { Services } from "../server/wiring/services.ts";
import type { LoadedMetadata } from "../domain/factors/passkeys/authenticator-model-store.ts";
import type { MetadataSigner } from "../domain/factors/passkeys/metadata-blob.ts";
import { METADATA_URL } from "../domain/factors/passkeys/passkey-metadata.ts";
import { codeOf, OperatorError } from "../kernel/errors.ts";
import { details, table, type Answer } from "./answer.ts";
import { addNoun, addVerb, answering } from "./verb.ts";
import { ACTOR, withServices } from "./with-services.ts";

/** `passkey-metadata`: by what certificates models of passkeys prove what they are. */
export function addPasskeyMetadataCommands(program: Command): void {
  const noun = addNoun(program, {
    usage: "passkey-metadata",
    about: "what is known of models of passkeys, for offices that accept some models only",
    examples: ["passkey-metadata update"],
  });
  addVerb(noun, {
    usage: "update",
    about: "take the FIDO Alliance's signed file of metadata, if it is newer than the one before",
    examples: ["passkey-metadata update", "passkey-metadata update --file blob.jwt"],
  })
    .option("--file <file>", "a file that was fetched before")
    .option("--url <address>", `an address of the file (default: ${METADATA_URL})`)
    .option("--root <file>", "the certificate (PEM) of another signer than the FIDO Alliance")
    .action(answering(withServices(update)));
  addVerb(noun, {
    usage: "show",
    about: "show which file was taken last, and the models that offices can list",
    examples: ["passkey-metadata show --json"],
  }).action(answering(withServices(show)));
}

interface UpdateOptions {
  readonly file?: string;
  readonly url?: string;
  readonly root?: string;
}

async function update(services: Services, { file, url, root }: UpdateOptions): Promise<Answer> {
  if (file !== undefined && url !== undefined) {
    throw new OperatorError("Name a --file or a --url, not both.");
  }
  const signer = root === undefined ? undefined : await signerOf(root);
  const text = file === undefined ? await fetched(services, url ?? METADATA_URL) : await contentOf(file);
  const result = await services.secondFactor.passkeyMetadata.update(text, ACTOR, signer);
  const { loaded } = result;
  if (result.type === "not-newer" && result.number < loaded.number) {
    throw new OperatorError(
      `The file has number ${String(result.number)}, and number ${String(loaded.number)} was taken before: an older file is never taken.`,
    );
  }
  const head =
    result.type === "updated"
      ? "The metadata were updated."
      : `Nothing was changed: number ${String(result.number)} was taken before.`;
  return {
    json: { ...loaded, isUpdated: result.type === "updated" },
    text: `${head}\n\n${describe(loaded)}`,
  };
}

async function show({ secondFactor: { passkeyMetadata }, stores }: Services): Promise<Answer> {
  const [loaded, models] = [await passkeyMetadata.loaded(), await stores.authenticatorModels.named()];
  const rows = models.map(({ aaguid, name }) => [aaguid, name]);
  return {
    json: { loaded, models },
    text:
      loaded === null
        ? 'No metadata yet: "npx vestibule passkey-metadata update" takes them.'
        : `${describe(loaded)}\n\n${table(["AAGUID", "MODEL"], rows, "No model that offices can list.")}`,
  };
}

const describe = ({ number, nextUpdate, loadedAt, models }: LoadedMetadata): string =>
  details([
    ["Number", String(number)],
    ["Models", String(models)],
    ["Loaded", loadedAt.toISOString()],
    ["Next update", nextUpdate],
  ]);

async function fetched({ secondFactor: { passkeyMetadata } }: Services, url: string): Promise<string> {
  try {
    return await passkeyMetadata.fetch(url);
  } catch (error) {
    const reason = error instanceof Error && error.message !== "" ? error.message : "there is no answer";
    throw new OperatorError(`The metadata could not be fetched from ${url}: ${reason}. Or name a --file.`);
  }
}

async function contentOf(file: string): Promise<string> {
  try {
    return await readFile(file, "utf8");
  } catch (error) {
    throw new OperatorError(`The file ${file} cannot be read: ${codeOf(error) ?? "unknown"}.`);
  }
}

async function signerOf(file: string): Promise<MetadataSigner> {
  const pem = await contentOf(file);
  try {
    return { roots: [new X509Certificate(pem)], host: null };
  } catch {
    throw new OperatorError(`The file ${file} is no certificate in the form PEM.`);
  }
}
