import type { Device } from "./models/unit-of-work.ts";
import type { Context } from "../platform/web/context.ts";

/** The order matters: most browsers also claim to be those that follow them here. */
const BROWSERS = [
  [/\bEdgA?\/|\bEdgiOS\//, "Microsoft Edge"],
  [/\bOPR\//, "Opera"],
  [/\bSamsungBrowser\//, "Samsung Internet"],
  [/\bFirefox\/|\bFxiOS\//, "Firefox"],
  [/\bChrome\/|\bCriOS\/|\bHeadlessChrome\//, "Chrome"],
  [/\bSafari\//, "Safari"],
] as const;

const SYSTEMS = [
  [/\bWindows\b/, "Windows"],
  [/\biPhone\b|\biPad\b/, "iOS"],
  [/\bAndroid\b/, "Android"],
  [/\bCrOS\b/, "ChromeOS"],
  [/\bMac OS X\b|\bMacintosh\b/, "macOS"],
  [/\bLinux\b/, "Linux"],
] as const;

/** The browser of a request, in our own words: the header is untrusted text and is not stored. */
export function deviceOf(ctx: Context): Device {
  const header = ctx.get("User-Agent").slice(0, 500);
  const named = (list: readonly (readonly [RegExp, string])[]) =>
    list.find(([pattern]) => pattern.test(header))?.[1] ?? null;
  return { browser: named(BROWSERS), system: named(SYSTEMS), network: ctx.state.visitor.addressGroup };
}
