import type { Translate } from "../../kernel/languages.ts";
import type { SessionView } from "../../protocol/models/access-store.ts";

/** A browser in words, such as "Firefox on Windows". */
export function deviceName({ device }: Pick<SessionView, "device">, t: Translate): string {
  const browser = device?.browser ?? t("account.device.unknown");
  const system = device?.system ?? null;
  return system === null ? browser : t("account.device.on", { browser, system });
}
