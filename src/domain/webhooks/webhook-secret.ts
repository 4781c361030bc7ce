import { z } from "zod";
import { daysAfter } from "../../kernel/clock.ts";
import { randomKey } from "../../kernel/random.ts";
import { Secret, type SecretBox } from "../../kernel/secret.ts";
import { signedHeaders } from "../../platform/messages/standard-webhook.ts";
import { reEncryptionOf, type OfficeList, type ReEncryption } from "../../platform/secrets/re-encryption.ts";
import type { WebhookStore } from "./webhook-store.ts";

/** A receiver is changed within a day; until then, both secrets sign. */
const OVERLAP_DAYS = 1;

const secretsSchema = z.strictObject({
  current: z.string(),
  previous: z.strictObject({ secret: z.string(), until: z.iso.datetime() }).nullable(),
});
type WebhookSecrets = z.output<typeof secretsSchema>;

const contextOf = (id: string): string => `webhook secret ${id}`;

const newSecret = (): string => `whsec_${randomKey(32).toString("base64")}`;

/** A first secret, to be shown once, and what is stored of it. */
export function firstSecret(
  box: SecretBox,
  id: string,
): { readonly secret: Secret; readonly sealed: Buffer } {
  const secret = newSecret();
  return { secret: new Secret(secret), sealed: seal(box, id, { current: secret, previous: null }) };
}

/** The next one; the one before still signs for a day. */
export function nextSecret(
  box: SecretBox,
  { id, sealed, at }: { readonly id: string; readonly sealed: Buffer; readonly at: Date },
): { readonly secret: Secret; readonly sealed: Buffer } {
  const secret = newSecret();
  const previous = {
    secret: open(box, id, sealed).current,
    until: daysAfter(at, OVERLAP_DAYS).toISOString(),
  };
  return { secret: new Secret(secret), sealed: seal(box, id, { current: secret, previous }) };
}

/** The headers of a request, signed by every secret that is good at its time. */
export function signWebhook(
  message: { readonly id: string; readonly body: string; readonly at: Date },
  secrets: readonly Secret[],
): Readonly<Record<string, string>> {
  const signed = secrets.map((secret) => signedHeaders(message, secret));
  return { ...signed[0], "webhook-signature": signed.map((each) => each["webhook-signature"]).join(" ") };
}

export function secretsAt(
  box: SecretBox,
  id: string,
  { sealed, at }: { sealed: Buffer; at: Date },
): Secret[] {
  const { current, previous } = open(box, id, sealed);
  const old = previous !== null && new Date(previous.until) > at ? [previous.secret] : [];
  return [current, ...old].map((secret) => new Secret(secret));
}

/** Re-encrypts all secrets with the first data key. */
export const webhookReEncryption = (deps: {
  webhooks: WebhookStore;
  offices: OfficeList;
  box: SecretBox;
}): ReEncryption<string | null> => reEncryptionOf(deps, deps.webhooks, contextOf);

const seal = (box: SecretBox, id: string, secrets: WebhookSecrets): Buffer =>
  box.seal(JSON.stringify(secrets), contextOf(id));

const open = (box: SecretBox, id: string, sealed: Buffer): WebhookSecrets =>
  secretsSchema.parse(JSON.parse(box.open(sealed, contextOf(id))));
