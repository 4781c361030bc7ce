import { aaguidSchema, type NamedModel } from "../../domain/factors/passkeys/authenticator-model.ts";
import { authenticatorName } from "../../domain/factors/passkeys/authenticator-names.ts";
import type { DryRun } from "../../domain/offices/policy-dry-run.ts";
import type { Translate } from "../../kernel/languages.ts";
import { userHref, type OfficeContext } from "./page.ts";

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

/** An office's models for people: each with its name, and whether passkeys of it can prove what they are. */
export function namedModels(
  aaguids: readonly string[],
  known: readonly NamedModel[],
): readonly { readonly aaguid: string; readonly name: string; readonly isKnown: boolean }[] {
  const names = new Map(known.map(({ aaguid, name }) => [aaguid, name]));
  return aaguids.map((aaguid) => ({
    aaguid,
    name: names.get(aaguid) ?? authenticatorName(aaguid) ?? aaguid,
    isKnown: names.has(aaguid),
  }));
}

/** How many models a list has, in words. */
export const modelsText = (models: readonly string[] | null, t: Translate): string =>
  models === null
    ? t("console.settings.passkeyModels.any")
    : t("console.settings.passkeyModels.listed", { count: models.length });

/** What the page before a list is saved says of it: the models, and whose passkeys are of others. */
export function modelsEffect(
  models: readonly string[] | null,
  { run, known }: { readonly run: Pick<DryRun, "otherPasskeys">; readonly known: readonly NamedModel[] },
  { office, t }: OfficeContext,
) {
  const others = run.otherPasskeys;
  return {
    models: namedModels(models ?? [], known),
    others:
      others === null || others.people === 0
        ? null
        : {
            text: t("console.look.otherPasskeys", { people: others.people }),
            names: others.names.map(({ id, ...user }) => ({ ...user, href: userHref(office.code, id) })),
            hasMore: others.people > others.names.length,
          },
  };
}
