import { z } from "zod";
import { supportParts, type SupportContact } from "../../kernel/support-contact.ts";
import type { Setting } from "./setting.ts";

/** What pages and mails say of the installation: its name, and its support contact. */
export const productSettings = [
  {
    name: "VESTIBULE_PRODUCT_NAME",
    schema: z.string().min(1).max(40).default("Vestibule"),
    byDefault: "Vestibule",
    description: "Name on the pages, in messages and in authenticator apps.",
  },
  {
    name: "VESTIBULE_PASSKEY_DOMAIN",
    schema: z
      .string()
      .regex(/^[a-z0-9-]+(\.[a-z0-9-]+)*$/, "must be a domain in small letters, such as example.com")
      .optional(),
    byDefault: "the issuer's host",
    description:
      "Domain that passkeys are made for: the issuer's host or a parent domain of it, so that they survive another host name. A change ends every passkey. Where it is another domain, that domain has to serve the answer of `/.well-known/webauthn`.",
  },
  {
    name: "VESTIBULE_SUPPORT_EMAIL",
    schema: supportParts.mail.optional(),
    byDefault: "none",
    description:
      "Email address of the support that helps when an office cannot. It is shown on every page and in every mail that tells a user to ask for help; an office may have its own.",
  },
  {
    name: "VESTIBULE_SUPPORT_PHONE",
    schema: supportParts.phone.optional(),
    byDefault: "none",
    description: "Telephone number of that support, such as `+31 20 123 45 67`.",
  },
  {
    name: "VESTIBULE_SUPPORT_URL",
    schema: supportParts.url.optional(),
    byDefault: "none",
    description: "https address of that support, such as a help page.",
  },
  {
    name: "VESTIBULE_SUPPORT_HOURS",
    schema: supportParts.hours.optional(),
    byDefault: "none",
    description: "Opening hours of that support, such as `Mon-Fri 9:00-17:00`. Alone they are not shown.",
  },
] as const satisfies readonly Setting[];

interface Given {
  readonly VESTIBULE_PRODUCT_NAME: string;
  readonly VESTIBULE_PASSKEY_DOMAIN?: string | undefined;
  readonly VESTIBULE_SUPPORT_EMAIL?: string | undefined;
  readonly VESTIBULE_SUPPORT_PHONE?: string | undefined;
  readonly VESTIBULE_SUPPORT_URL?: string | undefined;
  readonly VESTIBULE_SUPPORT_HOURS?: string | undefined;
}

interface Product {
  readonly productName: string;
  /** Null: the issuer's host. */
  readonly passkeyDomain: string | null;
  readonly support: SupportContact;
}

/** The same, as the server uses it. */
export const shapeProduct = (given: Given): Product => ({
  productName: given.VESTIBULE_PRODUCT_NAME,
  passkeyDomain: given.VESTIBULE_PASSKEY_DOMAIN ?? null,
  support: {
    mail: given.VESTIBULE_SUPPORT_EMAIL ?? null,
    phone: given.VESTIBULE_SUPPORT_PHONE ?? null,
    url: given.VESTIBULE_SUPPORT_URL ?? null,
    hours: given.VESTIBULE_SUPPORT_HOURS ?? null,
  },
});
