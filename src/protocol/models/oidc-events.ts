import type { KoaContextWithOIDC, Provider } from "oidc-provider";
import type { AuditEvent } from "../../domain/audit/audit-event.ts";
import type { Visitor } from "../../kernel/visitor.ts";
import type { AuditStore } from "../../domain/audit/audit-store.ts";
import type { Log } from "../../kernel/log.ts";
import { currentWork } from "./unit-of-work.ts";

/** Writes to the audit log what only oidc-provider sees: sign-outs, reused tokens, used exceptions. */
export function auditProtocol(provider: Provider, audit: AuditStore, log: Log): void {
  const record = (ctx: KoaContextWithOIDC, event: Pick<AuditEvent, "type" | "outcome" | "details">) => {
    audit.addAlone({ ...event, ...originOf(ctx) }).catch((error: unknown) => {
      log.error({ error, type: event.type }, "an event is missing in the audit log");
    });
  };
  provider.on("end_session.success", (ctx) => {
    // Without a session no user has signed out, and a stranger could fill the audit log.
    if (ctx.oidc.session?.accountId !== undefined) {
      record(ctx, { type: "sign-out", outcome: "ok" });
    }
  });
  provider.on("grant.revoked", (ctx) => {
    if (ctx.oidc.route === "token") {
      record(ctx, { type: "token.reused", outcome: "alarm" });
    }
  });
  provider.on("authorization.success", (ctx) => {
    if (
      ctx.oidc.client?.["urn:vestibule:without_pkce"] === true &&
      ctx.oidc.params?.["code_challenge"] === undefined
    ) {
      record(ctx, { type: "application.without-pkce", outcome: "ok" });
    }
  });
}

function originOf(
  ctx: KoaContextWithOIDC,
): Pick<AuditEvent, "officeId" | "actor" | "applicationId" | "visitor"> {
  const { session, client, account } = ctx.oidc;
  const id = account?.accountId ?? session?.accountId;
  const office = id === undefined ? null : (currentWork()?.account(id)?.office.id ?? null);
  const visitor: unknown = ctx.state["visitor"];
  return {
    officeId: office,
    actor: id ?? "visitor",
    applicationId: client?.clientId,
    ...(isVisitor(visitor) ? { visitor } : {}),
  };
}

export const isVisitor = (value: unknown): value is Visitor =>
  typeof value === "object" && value !== null && "addressGroup" in value;
