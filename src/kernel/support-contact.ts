import { z } from "zod";
import { isOneLine, NOT_ONE_LINE } from "./one-line.ts";
import { hasPlainHost, NOT_PLAIN_HOST } from "./plain-host.ts";

/** Where users find help when their office cannot give it; of the installation, or of one office. */
export interface SupportContact {
  readonly mail: string | null;
  /** As people write it, for example `+31 20 123 45 67`. */
  readonly phone: string | null;
  /** An https address, for example of a help page or a chat. */
  readonly url: string | null;
  /** Opening hours, in the operator's own words. */
  readonly hours: string | null;
}

/** Each part of a contact, as an operator or a superuser types it. */
export const supportParts = {
  mail: z.email("must be an email address").max(254),
  phone: z
    .string()
    .trim()
    .regex(/^\+?[0-9][0-9 ()/.-]{2,38}$/, "must be a telephone number such as +31 20 123 45 67"),
  url: z
    .url({ protocol: /^https$/, error: "must be an https address", abort: true })
    .max(500)
    .refine((url) => hasPlainHost(new URL(url)), NOT_PLAIN_HOST),
  hours: z
    .string()
    .trim()
    .min(1)
    .max(100, "must have at most 100 characters")
    .refine(isOneLine, NOT_ONE_LINE),
};

export const NO_CONTACT: SupportContact = { mail: null, phone: null, url: null, hours: null };

/** Opening hours alone are no contact. */
const isReachable = ({ mail, phone, url }: SupportContact): boolean =>
  mail !== null || phone !== null || url !== null;

/** The contact to show: the office's own, else the installation's; null when neither can be reached. */
export function contactToShow(
  own: SupportContact | null,
  installation: SupportContact,
): SupportContact | null {
  const contact = own !== null && isReachable(own) ? own : installation;
  return isReachable(contact) ? contact : null;
}

/** For a `tel:` link (RFC 3966): digits and a leading plus. */
export const dialled = (phone: string): string => phone.replace(/[^+0-9]/g, "");

/**
 * Whom a text tells its reader to ask: the superuser of the office, another superuser, or support, because the only
 * superuser of an office must not be sent to himself.
 */
export type Helper = "office" | "colleague" | "support";

/** Whom a text tells its reader to ask, and the contact beside it; null: there is none. */
export interface Help {
  readonly helper: Helper;
  readonly contact: SupportContact | null;
}
