import { minutesAfter, now } from "../kernel/clock.ts";
import { OperatorError } from "../kernel/errors.ts";
import { randomId } from "../kernel/random.ts";
import type { SendResult, MessageGateway } from "../platform/messages/gateway.ts";
import type { Message } from "../platform/messages/message.ts";
import { smsProviders, type SmsProviderName } from "../server/settings/message-gateways.ts";
import { readSettings, type Settings } from "../server/settings/settings.ts";
import { openSmsProvider } from "../server/wiring/processes.ts";
import { fail, ok, warn, type Finding } from "./finding.ts";

const CHECKS = {
  mail: { check: "Mail", setting: "VESTIBULE_MAIL_GATEWAY" },
  sms: { check: "Text messages", setting: "VESTIBULE_SMS_GATEWAY" },
} as const;

type Channel = keyof typeof CHECKS;

/** The operator waits for the result. A mail that is accepted later than this is reported as one that may be retried. */
const TIMEOUT_MS = 20_000;

/** Where messages go, and whether the gateway answers, as far as that can be checked without sending one. */
export async function checkGateways(settings: Settings): Promise<Finding[]> {
  const providers = smsProviders(settings.gateways.sms);
  return [
    await checkGateway(settings, "mail"),
    ...(providers.length === 0
      ? [await checkGateway(settings, "sms")]
      : await Promise.all(providers.map((name, place) => checkProvider(settings, name, place)))),
    ...checkReceipts(settings),
    ...checkAlarms(settings),
  ];
}

async function checkGateway(settings: Settings, channel: Channel): Promise<Finding> {
  const { check, setting } = CHECKS[channel];
  const name = settings.gateways[channel];
  if (name === "none") {
    return warn(check, "go nowhere", `Set ${setting} when messages have to be sent.`);
  }
  if (name === "outbox") {
    return ok(check, `land in the outbox page${settings.production ? "" : " (development only)"}`);
  }
  return tried(await openMail(settings), channel, `go through ${name}`);
}

/** A provider of text messages. `place`: in the order in which they are asked. */
async function checkProvider(settings: Settings, name: SmsProviderName, place: number): Promise<Finding> {
  const daily = settings.messages.daily[name];
  const budget = daily === null ? "" : `, ${String(daily)} a day at most`;
  const way = place === 0 ? `go through ${name}` : `go through ${name} where the one before takes none`;
  return tried(await openSmsProvider(settings, name), "sms", `${way}${budget}`);
}

async function tried(gateway: MessageGateway, channel: Channel, way: string): Promise<Finding> {
  const { check } = CHECKS[channel];
  const fault = await gateway.check();
  await gateway.close();
  return fault === null
    ? ok(check, `${way}, which answers; \`doctor --${channel}\` sends one`)
    : fail(check, fault, "docs/messages.md says how to set it up.");
}

function checkReceipts({ gateways, messages }: Settings): Finding[] {
  return smsProviders(gateways.sms).includes("vonage") && messages.receipts.signatureSecret === null
    ? [
        warn(
          "Receipts",
          "are refused: there is no secret to check them with",
          "Set VESTIBULE_VONAGE_SIGNATURE_SECRET; until then it is not known whether a code arrived.",
        ),
      ]
    : [];
}

/** Whether alarms reach the staff. In development they need not. */
function checkAlarms({ messages, production }: Settings): Finding[] {
  const { alarmMail } = messages;
  if (alarmMail.length > 0) {
    const addresses = alarmMail.length === 1 ? "1 address" : `${String(alarmMail.length)} addresses`;
    return [ok("Alarms", `are mailed to ${addresses}, at most once an hour`)];
  }
  return production
    ? [warn("Alarms", "are only in the log", "Set VESTIBULE_ALARM_MAIL to the addresses of your staff.")]
    : [];
}

/** Sends the requested test messages, bypassing the queue, and reports the results. */
export async function tryMessages(
  environment: Readonly<Record<string, string | undefined>>,
  { sms, mail }: { sms?: string; mail?: string },
): Promise<Finding[]> {
  if (sms === undefined && mail === undefined) {
    return [];
  }
  const settings = settingsOf(environment);
  if (settings === null) {
    return [];
  }
  const text = `This is a test message of ${settings.productName}.`;
  const findings: Finding[] = [];
  if (mail !== undefined) {
    const message = { channel: "mail", to: mail, subject: text, text, officeId: null } as const;
    findings.push(
      settings.gateways.mail === "smtp"
        ? await tryOne(await openMail(settings), message, "Test mail")
        : unsent(settings, "mail"),
    );
  }
  if (sms !== undefined) {
    const until = minutesAfter(now(), 5);
    const message = { channel: "sms", to: sms, text, officeId: "", until } as const;
    const providers = smsProviders(settings.gateways.sms);
    for (const name of providers) {
      const check = providers.length === 1 ? "Test message" : `Test message (${name})`;
      findings.push(await tryOne(await openSmsProvider(settings, name), message, check));
    }
    findings.push(...(providers.length === 0 ? [unsent(settings, "sms")] : []));
  }
  return findings;
}

/** Null for invalid settings, whose faults the doctor already reports. */
function settingsOf(environment: Readonly<Record<string, string | undefined>>): Settings | null {
  try {
    return readSettings(environment);
  } catch (error) {
    if (error instanceof OperatorError) {
      return null;
    }
    throw error;
  }
}

/** The outbox needs an installation, and no test. */
function unsent({ gateways }: Settings, channel: Channel): Finding {
  const check = channel === "mail" ? "Test mail" : "Test message";
  return fail(check, `nothing sent: the gateway is ${gateways[channel]}`, `Set ${CHECKS[channel].setting}.`);
}

async function tryOne(gateway: MessageGateway, message: Message, check: string): Promise<Finding> {
  const handed = await gateway.send(randomId(), message);
  await gateway.close();
  return said(check, handed);
}

function said(check: string, handed: SendResult): Finding {
  const advice = "docs/messages.md says what to do about it.";
  switch (handed.type) {
    case "sent":
      return ok(
        check,
        `taken by the provider${handed.providerId === null ? "" : ` as ${handed.providerId}`}`,
      );
    case "unknown":
      return warn(check, `perhaps sent: ${handed.reason}`, advice);
    case "again":
      return fail(check, `not sent, for now: ${handed.reason}`, advice);
    case "refused":
      return fail(check, `not sent, never to this recipient: ${handed.reason}`, advice);
    case "failed":
      return fail(check, `not sent: ${handed.reason}`, advice);
  }
}

async function openMail({ messages }: Settings): Promise<MessageGateway> {
  const { SmtpMail } = await import("../platform/messages/smtp-mail.ts");
  return new SmtpMail(messages.smtp, { silenceMs: TIMEOUT_MS });
}
