import { z } from "zod";
import type { SecretBox } from "../../kernel/secret.ts";
import type { Message } from "./message.ts";

const messageSchema = z.discriminatedUnion("channel", [
  z.object({
    channel: z.literal("mail"),
    to: z.string(),
    subject: z.string(),
    text: z.string(),
    html: z.string().optional(),
    officeId: z.string().nullable(),
  }),
  z.object({
    channel: z.literal("sms"),
    to: z.string(),
    text: z.string(),
    officeId: z.string(),
    until: z.iso.datetime().transform((text) => new Date(text)),
  }),
]);

/** Seals recipient and text under the message's id, so that a row's content fits no other row. */
export const sealMessage = (box: SecretBox, id: string, message: Message): Buffer =>
  box.seal(JSON.stringify(message), `message ${id}`);

/** The same under the first key. */
export const resealMessage = (box: SecretBox, id: string, sealed: Buffer): Buffer =>
  box.seal(box.open(sealed, `message ${id}`), `message ${id}`);

export function openMessage(box: SecretBox, id: string, sealed: Buffer): Message {
  const { html, ...message } = {
    html: undefined,
    ...messageSchema.parse(JSON.parse(box.open(sealed, `message ${id}`))),
  };
  return message.channel === "mail" && html !== undefined ? { ...message, html } : message;
}
