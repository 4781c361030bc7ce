import { z } from "zod";
import { daysAfter } from "../../kernel/clock.ts";
import { randomKey } from "../../kernel/random.ts";
import { sameBytes, Secret, type SecretBox } from "../../kernel/secret.ts";
import { isWebhookSecret, signedHeaders } from "../../platform/messages/standard-webhook.ts";
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

/** A secret of these bytes, 32 of them, which have to be random. */
export const webhookSecretOf = (bytes: Buffer): Secret => new Secret(`whsec_${bytes.toString("base64")}`);

export const newWebhookSecret = (): Secret => webhookSecretOf(randomKey(32));

/** A secret that the operator brings along, because a pipeline gives it to the receiver too. */
export const givenWebhookSecretSchema = z
  .string()
  .refine(isWebhookSecret, "must be whsec_ and 24 to 64 bytes in base64; make it at random")
  .refine((secret) => new Set(secret.slice("whsec_".length)).size >= 10, "must be made at random")
  .transform((secret) => new Secret(secret));

/** What is stored of a first secret. */
export const firstSealed = (box: SecretBox, id: string, secret: Secret): Buffer =>
  seal(box, id, { current: secret.reveal(), previous: null });

/** What is stored with the next one; the one before still signs for a day. */
export function nextSealed(
  box: SecretBox,
  { id, sealed, at }: { readonly id: string; readonly sealed: Buffer; readonly at: Date },
  secret: Secret,
): Buffer {
  const previous = {
    secret: open(box, id, sealed).current,
    until: daysAfter(at, OVERLAP_DAYS).toISOString(),
  };
  return seal(box, id, { current: secret.reveal(), previous });
}

/** Whether this one is current; the one before it is not. */
export const isCurrentSecret = (
  box: SecretBox,
  { id, sealed }: { readonly id: string; readonly sealed: Buffer },
  secret: Secret,
): boolean => sameBytes(Buffer.from(open(box, id, sealed).current), Buffer.from(secret.reveal()));

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
