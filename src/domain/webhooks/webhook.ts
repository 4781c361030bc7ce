import { createHash } from "node:crypto";
import { z } from "zod";
import { isOneLine, nameSchema, NOT_ONE_LINE } from "../../kernel/one-line.ts";
import { hasEvent, isEventName, type EventOwner } from "../events/event-catalogue.ts";

/**
 * Webhooks: events that are sent to an address of the office, or of the platform. This folder owns their tables, secrets, order and
 * retries; what an event is, `domain/events/` knows. Go on at `webhook-delivery.ts`, which a worker runs.
 */
export interface Webhook {
  readonly id: string;
  /** Null: for events of no office. */
  readonly officeId: string | null;
  readonly name: string;
  readonly url: string;
  /** Names of event types; none for all. */
  readonly types: readonly string[];
  /** failed: every try has failed for days. */
  readonly state: "on" | "off" | "failed";
  /** Since when no try has succeeded; null: the last one has. */
  readonly failingSince: Date | null;
  readonly createdAt: Date;
  /** Changes with the secret, and says nothing about it. */
  readonly mark: string;
}

/** Differs between any two choices, and says nothing of what the work does to a webhook. */
export function versionOfWebhook({ name, url, types, state }: Webhook): string {
  const chosen = JSON.stringify([name, url, types, state]);
  return createHash("sha256").update(chosen).digest("base64url").slice(0, 22);
}

/** What may be chosen. */
export type WebhookDraft = Pick<Webhook, "name" | "url" | "types">;

/** What a change says; what is left out stays as it is. */
export type WebhookChanges = {
  readonly [Field in keyof WebhookDraft]?: WebhookDraft[Field] | undefined;
} & { readonly state?: "on" | "off" | undefined };

/** Of an office, or of the platform. */
export const MOST_WEBHOOKS = 20;

const LOOPBACK: ReadonlySet<string> = new Set(["localhost", "127.0.0.1", "[::1]"]);

/** https; in development http to this computer as well. Where the name leads is checked at each request. */
function isCallable(text: string, isDevelopment: boolean): boolean {
  const url = URL.parse(text);
  if (url === null || url.username !== "" || url.password !== "" || url.hash !== "") {
    return false;
  }
  return (
    url.protocol === "https:" || (isDevelopment && url.protocol === "http:" && LOOPBACK.has(url.hostname))
  );
}

/** Whose webhook it is: it gets the events of this owner alone. */
export const ownerOf = (officeId: string | null): EventOwner => (officeId === null ? "platform" : "office");

const NOT_THEIRS: Readonly<Record<EventOwner, string>> = {
  office: "is an event of the platform, which no office gets",
  platform: "is an event of offices, which no webhook of the platform gets",
};

/** The name of an event that webhooks of this owner can get. */
export const eventNameSchema = (owner: EventOwner) =>
  z.string().superRefine((name, context) => {
    if (!isEventName(name)) {
      context.addIssue({ code: "custom", message: "must be a name of docs/events.md" });
    } else if (!hasEvent(owner, name)) {
      context.addIssue({ code: "custom", message: NOT_THEIRS[owner] });
    }
  });

/** Reads what was typed or sent. */
export const webhookSchema = (isDevelopment: boolean, owner: EventOwner) =>
  z.strictObject({
    name: nameSchema(100),
    url: z
      .string()
      .trim()
      .max(500, "must have 500 characters at most")
      .refine(isOneLine, NOT_ONE_LINE)
      .refine(
        (text) => isCallable(text, isDevelopment),
        "must be an https address without credentials and fragment",
      ),
    types: z
      .array(eventNameSchema(owner))
      .max(200, "must have 200 entries at most")
      .transform((names) => [...new Set(names)]),
  });

/** A try, or what waits for one. */
export interface WebhookDelivery {
  readonly id: string;
  readonly eventId: string;
  readonly type: string;
  readonly state: "waiting" | "delivered" | "given-up";
  readonly attempts: number;
  readonly addedAt: Date;
  /** When it is tried next; null: no longer. */
  readonly dueAt: Date | null;
  readonly triedAt: Date | null;
  /** Of the last answer; null: there was none. */
  readonly status: number | null;
  readonly durationMs: number | null;
  /** Why there was no answer. */
  readonly fault: string | null;
}
