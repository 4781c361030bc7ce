import { z } from "zod";
import { isOneAddress } from "../../platform/messages/one-address.ts";
import { wholeNumber, yesOrNo, type Setting } from "./setting.ts";

const url = z
  .url({ protocol: /^https?$/, error: "must be an http or https address" })
  .transform((address) => address.replace(/\/+$/, ""));

const oneLine = (most: number) =>
  z
    .string()
    .max(most, `must have at most ${String(most)} characters`)
    .regex(/^[^\p{Cc}\p{Zl}\p{Zp}]+$/u, "must be one line");

/** One or more email addresses. */
const mailAddresses = z
  .string()
  .transform((text) => text.split(",").map((address) => address.trim()))
  .refine(
    (addresses) => addresses.every((address) => isOneAddress(address)),
    "must be email addresses, with commas between",
  )
  .refine((addresses) => addresses.length <= 10, "must be ten addresses at most");

const SIGNATURES = ["md5hash", "md5hmac", "sha1hmac", "sha256hmac", "sha512hmac"] as const;

/** The settings of mail and text messages; a part of the settings table. */
export const messageSettings = [
  {
    name: "VESTIBULE_MAIL_GATEWAY",
    schema: z.enum(["none", "outbox", "smtp"], { error: "must be none, outbox or smtp" }).optional(),
    byDefault: "outbox (production: none)",
    description: "Where mail goes. `smtp` sends it; `outbox` shows it on a page.",
  },
  {
    name: "VESTIBULE_MAIL_FROM",
    schema: oneLine(200)
      .regex(
        /^([^<>"(),:;@[\\\]]* <)?[^\s"(),:;<>@[\\\]]+@[^\s"(),:;<>@[\\\]]+>?$/u,
        "must be an address, or a name with an address in <>",
      )
      .optional(),
    byDefault: "none; needed for `smtp`",
    description: "Sender of mails, such as `Vestibule <no-reply@id.example.com>`.",
  },
  {
    name: "VESTIBULE_SMTP_URL",
    schema: z.url({ protocol: /^smtps?$/, error: "must be an smtp or smtps address" }).optional(),
    byDefault: "made of the next five",
    description:
      "Mail server in one line: `smtps://user:password@host:465`. Not combined with the next five.",
    secret: "line",
  },
  {
    name: "VESTIBULE_SMTP_HOST",
    schema: oneLine(253).optional(),
    byDefault: "none; needed for `smtp`",
    description: "Mail server.",
  },
  {
    name: "VESTIBULE_SMTP_PORT",
    schema: z.coerce
      .number()
      .int("must be a port")
      .min(1, "must be a port")
      .max(65_535, "must be a port")
      .optional(),
    byDefault: "587 (`implicit`: 465)",
    description: "Port of the mail server.",
  },
  {
    name: "VESTIBULE_SMTP_USER",
    schema: oneLine(320).optional(),
    byDefault: "none: no authentication",
    description: "Account at the mail server.",
  },
  {
    name: "VESTIBULE_SMTP_PASSWORD",
    schema: z.string().optional(),
    byDefault: "none",
    description: "Password of that account.",
    secret: "line",
  },
  {
    name: "VESTIBULE_SMTP_TLS",
    schema: z
      .enum(["starttls", "implicit", "none"], { error: "must be starttls, implicit or none" })
      .optional(),
    byDefault: "starttls (smtps: implicit; a server on this machine: none)",
    description: "How the connection is encrypted. `none` is for a mail server on the same machine only.",
  },
  {
    name: "VESTIBULE_ALARM_MAIL",
    schema: mailAddresses.optional(),
    byDefault: "none",
    description:
      "Comma-separated email addresses that are notified of alarms in the audit log, in one mail an hour at most. Needs a gateway for mail.",
  },
  {
    name: "VESTIBULE_VONAGE_API_KEY",
    schema: oneLine(64).optional(),
    byDefault: "none; needed for the SMS API",
    description: "Key of the Vonage account. Receipts that name another account are refused.",
  },
  {
    name: "VESTIBULE_VONAGE_API_SECRET",
    schema: z.string().optional(),
    byDefault: "none; needed for the SMS API",
    description: "Secret of the Vonage account.",
    secret: "line",
  },
  {
    name: "VESTIBULE_VONAGE_APPLICATION_ID",
    schema: z.uuid("must be the id of a Vonage application").optional(),
    byDefault: "none",
    description:
      "Vonage application. With its key, messages go through the Messages API instead of the SMS API.",
  },
  {
    name: "VESTIBULE_VONAGE_PRIVATE_KEY",
    schema: z.string().min(1).optional(),
    byDefault: "none",
    description: "That application's private key (PEM).",
    secret: "lines",
  },
  {
    name: "VESTIBULE_VONAGE_SENDER",
    schema: oneLine(15)
      .regex(
        /^(\d{5,15}|[A-Za-z0-9 ]{1,11})$/,
        "must be a number without plus sign, or at most 11 letters and digits",
      )
      .optional(),
    byDefault: "none; needed for `vonage`",
    description: "What a telephone shows as sender: your number, or a name where the country allows it.",
  },
  {
    name: "VESTIBULE_VONAGE_SIGNATURE_SECRET",
    schema: z.string().min(8, "must have at least 8 characters").optional(),
    byDefault: "none: receipts are refused",
    description: "Secret that Vonage signs receipts with.",
    secret: "line",
  },
  {
    name: "VESTIBULE_VONAGE_SIGNATURE_METHOD",
    schema: z.enum(SIGNATURES, { error: `must be one of ${SIGNATURES.join(", ")}` }).default("sha256hmac"),
    byDefault: "sha256hmac",
    description: "How receipts of the SMS API are signed, as chosen in the Vonage dashboard.",
  },
  {
    name: "VESTIBULE_VONAGE_API_URL",
    schema: url.default("https://api.nexmo.com"),
    byDefault: "https://api.nexmo.com",
    description: "Address of the Messages API.",
  },
  {
    name: "VESTIBULE_VONAGE_SMS_URL",
    schema: url.default("https://rest.nexmo.com"),
    byDefault: "https://rest.nexmo.com",
    description: "Address of the SMS API.",
  },
  {
    name: "VESTIBULE_MESSAGE_WORKERS",
    schema: yesOrNo.default(true),
    byDefault: "yes",
    description: "`no`: this server hands no messages over; run `npx vestibule worker` beside it.",
  },
  {
    name: "VESTIBULE_MESSAGE_CONCURRENCY",
    schema: wholeNumber(1, 50, 10),
    byDefault: "10",
    description:
      "Text messages that one process hands over at the same time. Of mails it is three, one for each connection.",
  },
] as const satisfies readonly Setting[];
