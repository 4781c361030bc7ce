import type { Command } from "commander";
import type { Office } from "../domain/offices/office.ts";
import { officeSettingsSchema, withSupport } from "../domain/offices/office-settings.ts";
import { parseOptions } from "./option-faults.ts";
import { given, orNone } from "./typed-values.ts";

/** Options for the support contact of an office. */
interface SupportOptions {
  readonly supportEmail?: string;
  readonly supportPhone?: string;
  readonly supportUrl?: string;
  readonly supportHours?: string;
}

const schema = officeSettingsSchema.pick({
  supportMail: true,
  supportPhone: true,
  supportUrl: true,
  supportHours: true,
});

const NAMES = {
  supportMail: "--support-email",
  supportPhone: "--support-phone",
  supportUrl: "--support-url",
  supportHours: "--support-hours",
};

export const withSupportContact = (verb: Command): Command =>
  verb
    .option("--support-email <address>", "email address of the support that its users are sent to")
    .option("--support-phone <number>", "telephone number of that support, such as +31 20 123 45 67")
    .option("--support-url <address>", "https address of that support, such as a help page")
    .option("--support-hours <hours>", "opening hours of that support, in any words");

/** The office's contact, with the given options applied. */
export function supportOf({ support }: Office, typed: SupportOptions): Office["support"] {
  const fields = given({
    supportMail: orNone(typed.supportEmail),
    supportPhone: orNone(typed.supportPhone),
    supportUrl: orNone(typed.supportUrl),
    supportHours: orNone(typed.supportHours),
  });
  return withSupport(support, parseOptions(schema, fields, NAMES));
}

export const describeSupport = ({ support }: Office): string =>
  support === null
    ? "as the installation"
    : Object.values(support)
        .filter((part) => part !== null)
        .join(", ");
