import {
  aaguidSchema,
  UNKNOWN_MODEL,
  type NamedModel,
  type UnusableModel,
} from "../../domain/factors/passkeys/authenticator-model.ts";
import { authenticatorName } from "../../domain/factors/passkeys/authenticator-names.ts";
import type { Translate } from "../../kernel/languages.ts";

/** Models as administrators type them: names or AAGUIDs, each on a line. */

/** Names in an error before the rest is a number. */
const MOST_NAMES = 8;

/** The typed lines as AAGUIDs, or what is wrong with the first of them that names no model, or several. */
export function readModels(
  typed: string,
  known: readonly NamedModel[],
  t: Translate,
): { readonly aaguids: readonly string[] } | { readonly fault: string } {
  const aaguids: string[] = [];
  for (const line of linesOf(typed)) {
    const found = modelsOf(line, known);
    const names = [...new Set(found.map(({ name }) => name))];
    if (names.length !== 1) {
      return { fault: faultOf(line, names, t) };
    }
    aaguids.push(...found.map(({ aaguid }) => aaguid));
  }
  return { aaguids: [...new Set(aaguids)] };
}

const linesOf = (typed: string): string[] =>
  typed
    .split(/[\r\n,;]+/)
    .map((line) => line.trim())
    .filter((line) => line !== "");

/** The model of an AAGUID, also one that is not known, or else those of this name, or whose names have these words. */
function modelsOf(line: string, known: readonly NamedModel[]): readonly NamedModel[] {
  const aaguid = aaguidSchema.safeParse(line);
  if (aaguid.success) {
    return [{ aaguid: aaguid.data, name: aaguid.data }];
  }
  const wanted = folded(line);
  const exact = known.filter(({ name }) => folded(name) === wanted);
  return exact.length > 0 ? exact : known.filter(({ name }) => folded(name).includes(wanted));
}

const folded = (text: string): string => text.normalize("NFKC").replace(/\s+/g, " ").trim().toLowerCase();

function faultOf(line: string, names: readonly string[], t: Translate): string {
  if (names.length === 0) {
    return t("console.wrong.passkeyModels.unknown", { model: line });
  }
  const more = names.length > MOST_NAMES ? " …" : "";
  return t("console.wrong.passkeyModels.several", {
    model: line,
    models: `${names.slice(0, MOST_NAMES).join(" · ")}${more}`,
  });
}

/** An office's models for people: each with its name, and why no passkey of it can be set up. */
export function listedModels(
  aaguids: readonly string[],
  { known, unusable }: { readonly known: readonly NamedModel[]; readonly unusable: readonly UnusableModel[] },
  t: Translate,
) {
  const names = new Map([...known, ...unusable].map(({ aaguid, name }) => [aaguid, name]));
  const reasons = new Map(unusable.map(({ aaguid, reason }) => [aaguid, reason]));
  return aaguids.map((aaguid) => ({
    aaguid,
    name: names.get(aaguid) ?? authenticatorName(aaguid) ?? aaguid,
    fault: faultText(reasons.get(aaguid), t),
  }));
}

const faultText = (reason: string | undefined, t: Translate): string | null =>
  reason === undefined
    ? null
    : reason === UNKNOWN_MODEL
      ? t("console.settings.passkeyModels.unknown")
      : t("console.settings.passkeyModels.refused", { status: reason });

/** Said of a list with no model that is of any use; null for every other one. */
export const noModelText = (
  aaguids: readonly string[],
  unusable: readonly UnusableModel[],
  t: Translate,
): string | null =>
  aaguids.length > 0 && aaguids.length === unusable.length ? t("console.settings.passkeyModels.none") : null;

/** How many models a list has, in words. */
export const modelsText = (models: readonly string[] | null, t: Translate): string =>
  models === null
    ? t("console.settings.passkeyModels.any")
    : t("console.settings.passkeyModels.listed", { count: models.length });
