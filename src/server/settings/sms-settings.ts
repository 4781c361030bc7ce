import { z } from "zod";
import { templateFault } from "../../platform/messages/sms-template.ts";
import { isWebhookSecret } from "../../platform/messages/standard-webhook.ts";
import type { Setting } from "./setting.ts";

/** In this order. The second one is asked where the first has surely not taken a message. */
const GATEWAYS = ["none", "outbox", "vonage", "http", "vonage,http", "http,vonage"] as const;

const url = z.url({ protocol: /^https?$/, error: "must be an http or https address" });

const daily = z.coerce
  .number({ error: "must be a whole number" })
  .int("must be a whole number")
  .min(1, "must be at least 1")
  .max(10_000_000, "must be at most 10000000")
  .optional();

const template = z.string().superRefine((text, context) => {
  const fault = templateFault(text);
  if (fault !== null) {
    context.addIssue(fault);
  }
});

const BODY = '{"to":"{to}","text":"{text}","reference":"{reference}"}';

/** Where text messages go, and the settings of a gateway over HTTP; a part of the settings table. */
export const smsSettings = [
  {
    name: "VESTIBULE_SMS_GATEWAY",
    schema: z.enum(GATEWAYS, { error: "must be none, outbox, vonage, http, or two of them" }).optional(),
    byDefault: "outbox (production: none)",
    description:
      "Where text messages go. `vonage` and `http` (a gateway of your own) send them, `vonage,http` or `http,vonage` through the second where the first does not take them; `outbox` shows them on a page.",
  },
  {
    name: "VESTIBULE_SMS_HTTP_URL",
    schema: url.optional(),
    byDefault: "none; needed for `http`",
    description: "Address of your gateway, to which each text message is posted.",
  },
  {
    name: "VESTIBULE_SMS_HTTP_SECRET",
    schema: z
      .string()
      .refine(isWebhookSecret, "must be whsec_ and 24 to 64 bytes in base64, as of Standard Webhooks")
      .optional(),
    byDefault: "none; needed for `http`",
    description: "Secret that signs what is posted to your gateway, and its receipts.",
    secret: "line",
  },
  {
    name: "VESTIBULE_SMS_HTTP_AUTHORIZATION",
    schema: z
      .string()
      .regex(/^[\x21-\x7e]+( [\x21-\x7e]+)*$/, "must be the value of a header")
      .optional(),
    byDefault: "none",
    description: "Value of the header `Authorization`, for a gateway that wants one, such as `Bearer …`.",
    secret: "line",
  },
  {
    name: "VESTIBULE_SMS_HTTP_BODY",
    schema: template.default(BODY),
    byDefault: BODY,
    description:
      "Template of what is posted: JSON with `{to}`, `{digits}` (the number without its plus sign), `{text}`, `{reference}` and `{sender}` in its strings.",
  },
  {
    name: "VESTIBULE_SMS_HTTP_SENDER",
    schema: z.string().max(40, "must have at most 40 characters").default(""),
    byDefault: "empty",
    description: "What `{sender}` becomes.",
  },
  {
    name: "VESTIBULE_SMS_HTTP_TIMEOUT",
    schema: z.coerce
      .number({ error: "must be a number of seconds, 1 to 30" })
      .min(1, "must be at least 1")
      .max(30, "must be at most 30")
      .default(10),
    byDefault: "10",
    description: "Seconds that your gateway has to answer.",
  },
  {
    name: "VESTIBULE_SMS_HTTP_DAILY",
    schema: daily,
    byDefault: "none: any number",
    description: "Text messages that your gateway may be asked to send in 24 hours, over all processes.",
  },
  {
    name: "VESTIBULE_VONAGE_DAILY",
    schema: daily,
    byDefault: "none: any number",
    description: "Text messages that Vonage may be asked to send in 24 hours, over all processes.",
  },
] as const satisfies readonly Setting[];
