import type { Translate } from "../../kernel/languages.ts";

/** What is known of a browser; null: nothing. */
interface Browser {
  readonly device: { readonly browser: string | null; readonly system: string | null } | null;
}

/** A browser as users know it, such as "Firefox on Windows". */
export function deviceName({ device }: Browser, t: Translate): string {
  const browser = device?.browser ?? t("account.device.unknown");
  const system = device?.system ?? null;
  return system === null ? browser : t("account.device.on", { browser, system });
}
