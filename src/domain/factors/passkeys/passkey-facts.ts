import { longDay, type Reader } from "../../../kernel/date-format.ts";
import type { Translate } from "../../../kernel/languages.ts";
import { authenticatorName } from "./authenticator-names.ts";
import type { PasskeyView } from "./passkey.ts";

/** The name that the user gave, or else that of the model. */
export const passkeyName = ({ name, aaguid }: PasskeyView, t: Translate): string =>
  name ?? authenticatorName(aaguid) ?? t("passkey.unnamed");

/** Since when there is one, and when it was used last. */
export const passkeyFacts = (
  { since, usedAt }: PasskeyView,
  { t, ...reader }: Reader & { readonly t: Translate },
): string =>
  [
    t("account.method.since", { date: longDay(since, reader) }),
    usedAt === null ? t("passkey.never") : t("passkey.used", { date: longDay(usedAt, reader) }),
  ].join(", ");
