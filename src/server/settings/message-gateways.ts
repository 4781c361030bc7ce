import { Secret } from "../../kernel/secret.ts";
import type { HttpSmsSettings } from "../../platform/messages/http-sms.ts";
import type { SmtpSettings } from "../../platform/messages/smtp-mail.ts";
import type { VonageSettings } from "../../platform/messages/vonage-sms.ts";
import type { Given } from "./settings-schema.ts";

/** Longer than a provider takes, shorter than a user is willing to wait. */
const SMS_TIMEOUT_MS = 10_000;

/** The settings of mail and text messages. */
export function shapeMessages(given: Given) {
  const outgoing = given.NODE_ENV === "production" ? "none" : "outbox";
  return {
    gateways: {
      mail: given.VESTIBULE_MAIL_GATEWAY ?? outgoing,
      sms: given.VESTIBULE_SMS_GATEWAY ?? outgoing,
    },
    messages: {
      workers: given.VESTIBULE_MESSAGE_WORKERS,
      concurrency: given.VESTIBULE_MESSAGE_CONCURRENCY,
      smtp: shapeSmtp(given),
      vonage: shapeVonage(given),
      smsHttp: shapeSmsHttp(given),
      daily: { vonage: given.VESTIBULE_VONAGE_DAILY ?? null, http: given.VESTIBULE_SMS_HTTP_DAILY ?? null },
      alarmMail: given.VESTIBULE_ALARM_MAIL ?? [],
      receipts: {
        accountKey: given.VESTIBULE_VONAGE_API_KEY ?? null,
        signatureSecret: secret(given.VESTIBULE_VONAGE_SIGNATURE_SECRET),
        signatureMethod: given.VESTIBULE_VONAGE_SIGNATURE_METHOD,
      },
    },
  };
}

const secret = (value: string | undefined) => (value === undefined ? null : new Secret(value));

function shapeVonage(given: Given): VonageSettings {
  const { VESTIBULE_VONAGE_APPLICATION_ID: id, VESTIBULE_VONAGE_API_KEY: key } = given;
  const privateKey = secret(given.VESTIBULE_VONAGE_PRIVATE_KEY);
  const apiSecret = secret(given.VESTIBULE_VONAGE_API_SECRET);
  return {
    application: id === undefined || privateKey === null ? null : { id, privateKey },
    account: key === undefined || apiSecret === null ? null : { key, secret: apiSecret },
    sender: given.VESTIBULE_VONAGE_SENDER ?? "",
    apiUrl: given.VESTIBULE_VONAGE_API_URL,
    smsUrl: given.VESTIBULE_VONAGE_SMS_URL,
    timeoutMs: SMS_TIMEOUT_MS,
  };
}

interface GivenSmsHttp extends Omit<HttpSmsSettings, "secret"> {
  readonly secret: Secret | null;
  readonly timeoutMs: number;
}

function shapeSmsHttp(given: Given): GivenSmsHttp {
  return {
    url: given.VESTIBULE_SMS_HTTP_URL ?? "",
    secret: secret(given.VESTIBULE_SMS_HTTP_SECRET),
    authorization: secret(given.VESTIBULE_SMS_HTTP_AUTHORIZATION),
    body: given.VESTIBULE_SMS_HTTP_BODY,
    sender: given.VESTIBULE_SMS_HTTP_SENDER,
    timeoutMs: given.VESTIBULE_SMS_HTTP_TIMEOUT * 1000,
  };
}

/** The providers of text messages, in the order in which they are asked; none where messages go nowhere or to the outbox. */
export const smsProviders = (gateway: Shaped["gateways"]["sms"]): readonly SmsProviderName[] =>
  SMS_PROVIDERS.filter((name) => gateway.split(",").includes(name)).toSorted(
    (one, other) => gateway.indexOf(one) - gateway.indexOf(other),
  );

const SMS_PROVIDERS = ["vonage", "http"] as const;
export type SmsProviderName = (typeof SMS_PROVIDERS)[number];

function shapeSmtp(given: Given): SmtpSettings {
  const from = given.VESTIBULE_MAIL_FROM ?? "";
  if (given.VESTIBULE_SMTP_URL === undefined) {
    const host = given.VESTIBULE_SMTP_HOST ?? "";
    const tls = given.VESTIBULE_SMTP_TLS ?? usualTls(host);
    const port = given.VESTIBULE_SMTP_PORT ?? (tls === "implicit" ? 465 : 587);
    const user = given.VESTIBULE_SMTP_USER ?? null;
    return { host, port, tls, user, password: secret(given.VESTIBULE_SMTP_PASSWORD), from };
  }
  const url = new URL(given.VESTIBULE_SMTP_URL);
  const tls = url.protocol === "smtps:" ? "implicit" : (given.VESTIBULE_SMTP_TLS ?? usualTls(url.hostname));
  return {
    host: url.hostname,
    port: url.port === "" ? (tls === "implicit" ? 465 : 587) : Number(url.port),
    tls,
    user: url.username === "" ? null : decodeURIComponent(url.username),
    password: url.password === "" ? null : new Secret(decodeURIComponent(url.password)),
    from,
  };
}

const usualTls = (host: string) => (isThisMachine(host) ? "none" : "starttls");

const isThisMachine = (host: string) => ["localhost", "127.0.0.1", "[::1]", "::1"].includes(host);

type Shaped = ReturnType<typeof shapeMessages>;

/** All missing and contradictory settings. */
export function messageFaults(shaped: Shaped, given: Given): string[] {
  return [
    ...(smsProviders(shaped.gateways.sms).includes("vonage") ? vonageFaults(shaped, given) : []),
    ...(smsProviders(shaped.gateways.sms).includes("http") ? smsHttpFaults(shaped, given) : []),
    ...(shaped.gateways.mail === "smtp" ? smtpFaults(shaped, given) : []),
    ...faultsOf([
      [
        shaped.messages.alarmMail.length > 0 && shaped.gateways.mail === "none",
        "VESTIBULE_ALARM_MAIL: mails about alarms need a gateway, VESTIBULE_MAIL_GATEWAY",
      ],
    ]),
  ];
}

function vonageFaults({ messages }: Shaped, given: Given): string[] {
  const privateKey = given.VESTIBULE_VONAGE_PRIVATE_KEY;
  const isHalf = (given.VESTIBULE_VONAGE_APPLICATION_ID === undefined) !== (privateKey === undefined);
  const isPlain = [messages.vonage.apiUrl, messages.vonage.smsUrl].some((url) => url.startsWith("http:"));
  return faultsOf([
    [given.VESTIBULE_VONAGE_SENDER === undefined, "VESTIBULE_VONAGE_SENDER: must be set for vonage"],
    [
      messages.vonage.account === null &&
        messages.vonage.application === null &&
        !isHalf &&
        privateKey === undefined,
      "VESTIBULE_VONAGE_API_KEY: key and secret, or an application with its private key, must be set for vonage",
    ],
    [
      isHalf,
      "VESTIBULE_VONAGE_APPLICATION_ID: needs VESTIBULE_VONAGE_PRIVATE_KEY as well; set both or neither",
    ],
    [
      given.NODE_ENV === "production" && isPlain,
      "VESTIBULE_VONAGE_API_URL: must start with https:// in production, as VESTIBULE_VONAGE_SMS_URL",
    ],
  ]);
}

function smsHttpFaults({ messages }: Shaped, given: Given): string[] {
  const { url } = messages.smsHttp;
  const isPlain = url.startsWith("http:") && !isThisMachine(new URL(url).hostname);
  return faultsOf([
    [url === "", "VESTIBULE_SMS_HTTP_URL: must be set for http"],
    [given.VESTIBULE_SMS_HTTP_SECRET === undefined, "VESTIBULE_SMS_HTTP_SECRET: must be set for http"],
    [
      given.NODE_ENV === "production" && isPlain,
      "VESTIBULE_SMS_HTTP_URL: must start with https:// in production, unless the gateway is on this machine",
    ],
  ]);
}

function smtpFaults({ messages: { smtp } }: Shaped, given: Given): string[] {
  const parts = [
    given.VESTIBULE_SMTP_HOST,
    given.VESTIBULE_SMTP_PORT,
    given.VESTIBULE_SMTP_USER,
    given.VESTIBULE_SMTP_PASSWORD,
  ];
  const hasUrl = given.VESTIBULE_SMTP_URL !== undefined;
  return faultsOf([
    [given.VESTIBULE_MAIL_FROM === undefined, "VESTIBULE_MAIL_FROM: must be set for smtp"],
    [smtp.host === "", "VESTIBULE_SMTP_HOST: this or VESTIBULE_SMTP_URL must be set for smtp"],
    [
      hasUrl && parts.some((part) => part !== undefined),
      "VESTIBULE_SMTP_URL: says host, port, user and password already; leave the others away",
    ],
    [
      (smtp.user === null) !== (smtp.password === null),
      "VESTIBULE_SMTP_PASSWORD: the mail account needs a user and a password; set both or neither",
    ],
    [
      smtp.tls === "none" && smtp.host !== "" && !isThisMachine(smtp.host),
      "VESTIBULE_SMTP_TLS: only a mail server on this machine may be spoken to without TLS",
    ],
  ]);
}

const faultsOf = (rules: readonly (readonly [boolean, string])[]): string[] =>
  rules.filter(([isWrong]) => isWrong).map(([, message]) => message);
