import { longDay, type Reader } from "../../../kernel/date-format.ts";
import type { Translate } from "../../../kernel/languages.ts";
import { authenticatorName } from "./authenticator-names.ts";
import type { PasskeyView } from "./passkey.ts";

/** The name that the user gave, or else that of the model. */
export const passkeyName = ({ name, aaguid }: PasskeyView, t: Translate): string =>
  name ?? authenticatorName(aaguid) ?? t("passkey.unnamed");

/** Names in a sentence before the rest is a number. */
const MOST_NAMES = 10;

/** Of which models a new passkey has to be, for the user; null where any is accepted. */
export function acceptedModels(
  models: readonly string[] | null,
  { t, language }: { readonly t: Translate; readonly language: string },
): string | null {
  if (models === null) {
    return null;
  }
  if (models.length === 0) {
    return t("passkey.enrol.noModels");
  }
  const names = [...new Set(models)];
  const more = names.length - MOST_NAMES;
  const shown =
    more > 0 ? [...names.slice(0, MOST_NAMES), t("passkey.enrol.moreModels", { count: more })] : names;
  return t("passkey.enrol.models", { models: new Intl.ListFormat(language).format(shown) });
}

/** Since when there is one, and when it was used last. */
export const passkeyFacts = (
  { since, usedAt }: PasskeyView,
  { t, ...reader }: Reader & { readonly t: Translate },
): string =>
  [
    t("account.method.since", { date: longDay(since, reader) }),
    usedAt === null ? t("passkey.never") : t("passkey.used", { date: longDay(usedAt, reader) }),
  ].join(", ");
