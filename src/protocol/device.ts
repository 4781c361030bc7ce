import type { Device } from "./models/unit-of-work.ts";
import type { Context } from "../platform/web/context.ts";

/** In this order: most browsers also claim to be those that stand after them. */
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

/** What a request tells of its browser, in words of ours: the header is anybody's text and is not kept. */
export function deviceOf(ctx: Context): Device {
  const header = ctx.get("User-Agent").slice(0, 500);
  const named = (list: readonly (readonly [RegExp, string])[]) =>
    list.find(([pattern]) => pattern.test(header))?.[1] ?? null;
  return { browser: named(BROWSERS), system: named(SYSTEMS), network: ctx.state.visitor.addressGroup };
}
