import { z } from "zod";
import type { SecretBox } from "../../kernel/secret.ts";
import { reEncryptionOf, type OfficeList, type ReEncryption } from "../secrets/re-encryption.ts";
import type { MessageStore } from "./message-store.ts";
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

/** Encrypts recipient and text, bound to the message's id, so that the content of one row cannot be moved to another. */
export const sealMessage = (box: SecretBox, id: string, message: Message): Buffer =>
  box.seal(JSON.stringify(message), contextOf(id));

/** Re-encrypts the messages that still wait with the current data key. */
export const messageReEncryption = (deps: {
  store: MessageStore;
  offices: OfficeList;
  box: SecretBox;
}): ReEncryption<string | null> => reEncryptionOf(deps, deps.store, contextOf);

export function openMessage(box: SecretBox, id: string, sealed: Buffer): Message {
  const { html, ...message } = {
    html: undefined,
    ...messageSchema.parse(JSON.parse(box.open(sealed, contextOf(id)))),
  };
  return message.channel === "mail" && html !== undefined ? { ...message, html } : message;
}

const contextOf = (id: string) => `message ${id}`;
