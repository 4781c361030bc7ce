import { createHmac } from "node:crypto";
import { epochSeconds } from "../../kernel/clock.ts";
import { sameBytes, type Secret } from "../../kernel/secret.ts";

/**
 * Signatures of requests between us and a gateway, as Standard Webhooks 1.0 has them: an HMAC of id, time and body, so that none of
 * them can be changed, and nothing old can be sent again.
 */

/** Clocks may differ by as much; what is older was recorded by an attacker, or waited for too long. */
const TOLERANCE_SECONDS = 5 * 60;

const PREFIX = "whsec_";

/** Whether a text is a secret of this kind: 24 to 64 bytes in base64, after its prefix. */
export function isWebhookSecret(text: string): boolean {
  const bytes = Buffer.from(text.slice(PREFIX.length), "base64");
  const isBase64 = bytes.toString("base64") === text.slice(PREFIX.length);
  return text.startsWith(PREFIX) && isBase64 && bytes.length >= 24 && bytes.length <= 64;
}

/** The headers of a request. */
export function signedHeaders(
  { id, body, at }: { readonly id: string; readonly body: string; readonly at: Date },
  secret: Secret,
): Readonly<Record<string, string>> {
  const timestamp = String(Math.floor(epochSeconds(at)));
  return {
    "webhook-id": id,
    "webhook-timestamp": timestamp,
    "webhook-signature": `v1,${macOf({ id, timestamp, body }, secret)}`,
  };
}

/** What a request says of itself. */
export interface ClaimedSignature {
  readonly id: string;
  readonly timestamp: string;
  /** One or more signatures, with blanks between. */
  readonly signatures: string;
  readonly body: string;
}

/** Whether the request was signed with this secret, a moment ago. */
export function isSigned(claimed: ClaimedSignature, secret: Secret, at: Date): boolean {
  const { id, timestamp, signatures } = claimed;
  if (id === "" || !/^\d{1,12}$/.test(timestamp)) {
    return false;
  }
  const age = epochSeconds(at) - Number(timestamp);
  const expected = Buffer.from(`v1,${macOf(claimed, secret)}`);
  return (
    Math.abs(age) <= TOLERANCE_SECONDS &&
    signatures.split(" ", MOST_SIGNATURES).some((signature) => sameBytes(Buffer.from(signature), expected))
  );
}

/** While a secret is being changed there are two. */
const MOST_SIGNATURES = 5;

function macOf(
  { id, timestamp, body }: { readonly id: string; readonly timestamp: string; readonly body: string },
  secret: Secret,
): string {
  const key = Buffer.from(secret.reveal().slice(PREFIX.length), "base64");
  return createHmac("sha256", key).update(`${id}.${timestamp}.${body}`).digest("base64");
}
