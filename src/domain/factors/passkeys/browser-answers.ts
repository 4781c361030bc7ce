import { z } from "zod";

/** What a browser sends, which is untrusted: each field has its form and its limit. */

const base64url = (most: number) =>
  z
    .string()
    .min(1)
    .max(most)
    .regex(/^[\w-]+$/);

const credential = { id: base64url(1_364), rawId: base64url(1_364), type: z.literal("public-key") };

const assertionSchema = z.object({
  ...credential,
  response: z.object({
    clientDataJSON: base64url(4_096),
    authenticatorData: base64url(2_048),
    signature: base64url(1_024),
    userHandle: base64url(128).nullish(),
  }),
});

const attestationSchema = z.object({
  ...credential,
  response: z.object({
    clientDataJSON: base64url(4_096),
    attestationObject: base64url(8_192),
    transports: z.array(z.string().max(20)).max(8).optional(),
  }),
});

const clientDataSchema = z.object({
  type: z.string(),
  challenge: z.string(),
  origin: z.string(),
  crossOrigin: z.boolean().optional(),
});

const TRANSPORTS = ["ble", "cable", "hybrid", "internal", "nfc", "smart-card", "usb"] as const;
export type Transport = (typeof TRANSPORTS)[number];

export const isTransport = (word: string): word is Transport => TRANSPORTS.some((known) => known === word);

export type Assertion = z.output<typeof assertionSchema>;
export type Attestation = z.output<typeof attestationSchema>;
export type ClientData = z.output<typeof clientDataSchema>;

/** A form's text as the answer to a page that asks for a passkey; null for anything else. */
export const readAssertion = (text: string): Assertion | null => read(assertionSchema, text);

function read<T>(schema: z.ZodType<T>, text: string): T | null {
  try {
    const parsed = schema.safeParse(JSON.parse(text));
    return parsed.success ? parsed.data : null;
  } catch {
    return null;
  }
}

/** The same of a page that sets one up. */
export const readAttestation = (text: string): Attestation | null => read(attestationSchema, text);

/** What the browser says of the page that it was on (WebAuthn section 5.8.1); null for anything else. */
export const readClientData = (encoded: string): ClientData | null =>
  read(clientDataSchema, Buffer.from(encoded, "base64url").toString("utf8"));
