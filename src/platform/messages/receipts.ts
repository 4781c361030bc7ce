import { createHash, createHmac } from "node:crypto";
import { z } from "zod";
import { epochSeconds, now } from "../../kernel/clock.ts";
import { sameBytes, type Secret } from "../../kernel/secret.ts";
import type { MessageStore, FinalState } from "./message-store.ts";

type SignatureMethod = "md5hash" | "md5hmac" | "sha1hmac" | "sha256hmac" | "sha512hmac";

interface Deps {
  readonly store: MessageStore;
  readonly accountKey: string | null;
  /** Null: no receipt can be verified, so all are refused. */
  readonly signatureSecret: Secret | null;
  readonly signatureMethod: SignatureMethod;
}

export type ReceiptResult = "heard" | "refused" | "unreadable";

type Fields = Readonly<Record<string, string>>;

/** Our states for the provider's. Unknown states change nothing. */
const STATES: Readonly<Partial<Record<string, FinalState>>> = {
  accepted: "sent",
  buffered: "sent",
  submitted: "sent",
  delivered: "delivered",
  read: "delivered",
  rejected: "refused",
  failed: "failed",
  undeliverable: "failed",
  expired: "expired",
};

const statusSchema = z.object({
  message_uuid: z.string(),
  status: z.string(),
  client_ref: z.string().optional(),
});

const claimsSchema = z.object({
  iat: z.number(),
  payload_hash: z.string(),
  api_key: z.string().optional(),
});

/** The provider retries a webhook for a day; clocks may differ. */
const MAX_TOKEN_AGE_SECONDS = 25 * 60 * 60;
const MAX_TOKEN_AHEAD_SECONDS = 5 * 60;

/**
 * Delivery receipts from the provider. They may come late, twice, out of order or for an unknown message. Their endpoint is public,
 * so only receipts signed with our secret are accepted.
 */
export class Receipts {
  readonly #deps: Deps;

  constructor(deps: Deps) {
    this.#deps = deps;
  }

  /** A receipt of the SMS API, whose signature is one of its fields. */
  async acceptReceipt(fields: Fields): Promise<ReceiptResult> {
    const { signatureSecret, signatureMethod, accountKey } = this.#deps;
    const { sig = "", ...signed } = fields;
    const expected = signatureSecret === null ? null : signatureOf(signed, signatureMethod, signatureSecret);
    const isOurs = accountKey === null || signed["api-key"] === accountKey;
    if (expected === null || !isOurs || !sameBytes(Buffer.from(sig.toLowerCase()), Buffer.from(expected))) {
      return "refused";
    }
    await this.#record({
      reference: signed["client-ref"],
      providerId: signed["messageId"] ?? signed["message-id"],
      status: signed["status"] ?? "",
    });
    return "heard";
  }

  /** A status of the Messages API: a body and the bearer token that signs it. */
  async acceptStatus(body: string, token: string): Promise<ReceiptResult> {
    if (!this.#isSigned(body, token)) {
      return "refused";
    }
    const status = statusSchema.safeParse(parseJson(body));
    if (!status.success) {
      return "unreadable";
    }
    const { message_uuid: providerId, client_ref: reference, status: word } = status.data;
    await this.#record({ reference, providerId, status: word });
    return "heard";
  }

  /** Accepts HS256 only (RFC 8725 section 3.1), for exactly this body, recently issued, and for our account. */
  #isSigned(body: string, token: string): boolean {
    const { signatureSecret, accountKey } = this.#deps;
    const [head = "", payload = "", signature = "", ...more] = token.split(".");
    if (signatureSecret === null || more.length > 0) {
      return false;
    }
    // Compares the encoded text: several base64url texts decode to the same bytes, and only one is valid.
    const expected = createHmac("sha256", signatureSecret.reveal())
      .update(`${head}.${payload}`)
      .digest("base64url");
    const isHs256 = z.object({ alg: z.literal("HS256") }).safeParse(parseJson(decode(head))).success;
    if (!isHs256 || !sameBytes(Buffer.from(signature), Buffer.from(expected))) {
      return false;
    }
    const claims = claimsSchema.safeParse(parseJson(decode(payload)));
    if (!claims.success) {
      return false;
    }
    const { iat, payload_hash: hash, api_key: key } = claims.data;
    const age = epochSeconds(now()) - iat;
    const isLate = age > MAX_TOKEN_AGE_SECONDS || age < -MAX_TOKEN_AHEAD_SECONDS;
    const isOfBody = sameBytes(
      Buffer.from(hash.toLowerCase()),
      Buffer.from(createHash("sha256").update(body).digest("hex")),
    );
    return !isLate && isOfBody && (key === undefined || accountKey === null || key === accountKey);
  }

  async #record(receipt: { reference: string | undefined; providerId: string | undefined; status: string }) {
    const { store } = this.#deps;
    const state = Object.hasOwn(STATES, receipt.status) ? STATES[receipt.status] : undefined;
    const reference = z.uuid().safeParse(receipt.reference).data ?? null;
    const ref = await store.findRef(reference, receipt.providerId ?? null);
    if (state !== undefined && ref !== null) {
      await store.receive(ref, state, now());
    }
  }
}

/** The provider's signature scheme: fields sorted by name, separators in values replaced. */
function signatureOf(fields: Fields, method: SignatureMethod, secret: Secret): string {
  const text = Object.entries(fields)
    .sort(([one], [other]) => (one < other ? -1 : 1))
    .map(([name, value]) => `&${name}=${value.replaceAll(/[&=]/g, "_")}`)
    .join("");
  return method === "md5hash"
    ? createHash("md5")
        .update(text + secret.reveal())
        .digest("hex")
    : createHmac(method.replace("hmac", ""), secret.reveal()).update(text).digest("hex");
}

const decode = (part: string) => Buffer.from(part, "base64url").toString("utf8");

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}
