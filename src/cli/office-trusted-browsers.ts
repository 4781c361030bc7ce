import type { Command } from "commander";
import { z } from "zod";
import type { Office } from "../domain/offices/office.ts";
import { trustedBrowserDaysSchema } from "../domain/offices/office-settings.ts";
import { parseOptions } from "./option-faults.ts";
import { given } from "./typed-values.ts";

export const withTrustedBrowsers = (verb: Command): Command =>
  verb.option(
    "--trusted-browser-days <days>",
    'users may trust a browser for so many days, 1 to 30, and are asked for no code in it; "off": no user may',
  );

const schema = z.object({ trustedBrowserDays: trustedBrowserDaysSchema });

const NAMES = { trustedBrowserDays: "--trusted-browser-days" };

/** The office's rule, with the given option applied. */
export function trustedBrowserDaysOf(
  { trustedBrowserDays: before }: Office,
  { trustedBrowserDays: typed }: { readonly trustedBrowserDays?: string },
): number | null {
  const fields = given({ trustedBrowserDays: typed === "off" ? null : typed });
  return parseOptions(schema, { trustedBrowserDays: before, ...fields }, NAMES).trustedBrowserDays;
}

export const describeTrustedBrowsers = ({ trustedBrowserDays: days }: Office): string =>
  days === null ? "off" : `for ${String(days)} ${days === 1 ? "day" : "days"}`;
