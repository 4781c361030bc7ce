import type { Translate } from "../../kernel/languages.ts";

/** The browser of a session; `device` is null when its user agent was not recognised. */
interface Browser {
  readonly device: { readonly browser: string | null; readonly system: string | null } | null;
}

/** The name that users know a browser by, such as "Firefox on Windows". */
export function deviceName({ device }: Browser, t: Translate): string {
  const browser = device?.browser ?? t("account.device.unknown");
  const system = device?.system ?? null;
  return system === null ? browser : t("account.device.on", { browser, system });
}
