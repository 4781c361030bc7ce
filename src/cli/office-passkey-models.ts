import type { Command } from "commander";
import { z } from "zod";
import type { Office } from "../domain/offices/office.ts";
import {
  passkeyModelsSchema,
  UNKNOWN_MODEL,
  type UnusableModel,
} from "../domain/factors/passkeys/authenticator-model.ts";
import { parseOptions } from "./option-faults.ts";

export const withPasskeyModels = (verb: Command): Command =>
  verb.option(
    "--passkey-models <aaguids>",
    'AAGUIDs of the models of which users may set up passkeys, separated by commas; "any": of any ("passkey-metadata show" lists them)',
  );

/** Option of an office's list of models. */
export interface PasskeyModelOptions {
  readonly passkeyModels?: string;
}

const schema = z.object({ passkeyModels: passkeyModelsSchema });
const NAMES = { passkeyModels: "--passkey-models" };

/** The office's list, with the given option applied. */
export function passkeyModelsOf(
  { passkeyModels: before }: Pick<Office, "passkeyModels">,
  { passkeyModels: typed }: PasskeyModelOptions,
): Office["passkeyModels"] {
  const wanted = typed === undefined ? before : typed === "any" ? null : typed.split(",");
  return parseOptions(schema, { passkeyModels: wanted }, NAMES).passkeyModels;
}

/** The list with what is wrong with each of its models, and a line more where no passkey can be set up at all. */
export function describePasskeyModels(
  models: Office["passkeyModels"],
  unusable: readonly UnusableModel[],
): string {
  if (models === null) {
    return "any";
  }
  const reasons = new Map(unusable.map(({ aaguid, reason }) => [aaguid, reason]));
  const list = models.map((aaguid) => `${aaguid}${faultOf(reasons.get(aaguid))}`).join(", ");
  return models.length === unusable.length ? `${list}; so no passkey can be set up` : list;
}

const faultOf = (reason: string | undefined): string =>
  reason === undefined ? "" : ` (${reason === UNKNOWN_MODEL ? "not in the metadata" : reason})`;
