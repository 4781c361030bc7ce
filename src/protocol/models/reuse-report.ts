import type { AuditStore } from "../../domain/audit/audit-store.ts";
import type { Log } from "../../kernel/log.ts";
import type { Visitor } from "../../kernel/visitor.ts";
import { KIND, type Kind } from "./oidc-model.ts";

/** Something that is good once and came again: a code or token, whose access ends then (RFC 9700 section 4.14.2), or a proof. */
export interface ReusedToken {
  readonly what: Kind | "proof";
  readonly applicationId: string | null;
  /** The user whose access it was. */
  readonly accountId: string | null;
  readonly officeId: string | null;
  readonly visitor: Visitor | undefined;
}

/** A stolen token, or an application that keeps an old one: support and the application's developer have to find out which. */
export async function reportReuse(
  { audit, log }: { readonly audit: AuditStore; readonly log: Pick<Log, "warn"> },
  { what, applicationId, accountId, officeId, visitor }: ReusedToken,
): Promise<void> {
  const reason = REASONS.get(what) ?? "a code or token was redeemed twice";
  log.warn(
    { application: applicationId, subject: accountId, reason, requestId: visitor?.requestId ?? null },
    "what is good once came again, and was refused",
  );
  await audit.addAlone({
    type: "token.reused",
    outcome: "alarm",
    officeId,
    actor: accountId ?? "visitor",
    applicationId: applicationId ?? undefined,
    visitor,
    details: { reason },
  });
}

const REASONS: ReadonlyMap<Kind | "proof", string> = new Map<Kind | "proof", string>([
  [
    KIND.RefreshToken,
    "a refresh token that had been replaced was used after its grace; its access was ended",
  ],
  [KIND.AuthorizationCode, "an authorization code was redeemed twice; its access was ended"],
  [KIND.DeviceCode, "a device code was redeemed twice; its access was ended"],
  ["proof", "two requests had the same one-time proof"],
]);
