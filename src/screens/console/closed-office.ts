import type { Office } from "../../domain/offices/office.ts";
import { epochSeconds } from "../../kernel/clock.ts";
import { longDay, type Reader } from "../../kernel/date-format.ts";
import type { Translate } from "../../kernel/languages.ts";

/** What the pages of a closed office say about it: until when it can be reopened. Null for an open one. */
export function closedText(
  { status, purgeAt, isPurged }: Pick<Office, "status" | "purgeAt" | "isPurged">,
  { t, ...reader }: Reader & { readonly t: Translate },
): string | null {
  if (status === "open") {
    return null;
  }
  if (isPurged) {
    return t("console.office-close.deleted");
  }
  return purgeAt === null
    ? t("console.overview.closed")
    : t("console.office-close.until", { date: longDay(epochSeconds(purgeAt), reader) });
}
