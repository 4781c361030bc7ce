import type { KoaContextWithOIDC, Provider } from "oidc-provider";
import type { AuditEvent } from "../../domain/audit/audit-event.ts";
import type { Visitor } from "../../kernel/visitor.ts";
import type { AuditStore } from "../../domain/audit/audit-store.ts";
import type { Log } from "../../kernel/log.ts";
import { Signal } from "../../kernel/signal.ts";
import { KIND, type Kind } from "./oidc-model.ts";
import { reportReuse, type ReusedToken } from "./reuse-report.ts";
import { currentWork, grantKey } from "./unit-of-work.ts";
import { isUnbound } from "../requests/code-binding.ts";
import { textOrNull } from "../../kernel/unknown-value.ts";

/** An application asked for tokens by a grant, and got them or not. */
export const tokensAsked = new Signal<{ readonly grant: unknown; readonly isGranted: boolean }>();

/** A sign-in has started: an authorization request needs one. */
export const signInStarted = new Signal<null>();

/** Tells what oidc-provider has seen, for those who count it. */
function tellProtocol(provider: Provider): void {
  const asked = (isGranted: boolean) => (ctx: KoaContextWithOIDC) => {
    tokensAsked.emit({ grant: ctx.oidc.params?.["grant_type"], isGranted });
  };
  provider.on("grant.success", asked(true));
  provider.on("grant.error", asked(false));
  provider.on("interaction.started", (_ctx, prompt) => {
    if (prompt.name === "login") {
      signInStarted.emit(null);
    }
  });
}

/** Writes to the audit log what only oidc-provider sees: sign-outs, reused tokens, used exceptions. */
export function auditProtocol(provider: Provider, audit: AuditStore, log: Log): void {
  tellProtocol(provider);
  const failed = (type: AuditEvent["type"]) => (error: unknown) => {
    log.error({ error, type }, "an event is missing in the audit log");
  };
  // The library does not wait for those that listen; the answer does, so that what it did is in the audit log before it is known.
  const beside = (type: AuditEvent["type"], written: Promise<void>) => {
    currentWork()?.awaitBeside(written.catch(failed(type)));
  };
  const record = (ctx: KoaContextWithOIDC, event: Pick<AuditEvent, "type" | "outcome" | "details">) => {
    beside(event.type, audit.addAlone({ ...event, ...originOf(ctx) }));
  };
  provider.on("end_session.success", (ctx) => {
    // Without a session no user has signed out, and a stranger could fill the audit log.
    if (ctx.oidc.session?.accountId !== undefined) {
      record(ctx, { type: "sign-out", outcome: "ok" });
    }
  });
  provider.on("grant.revoked", (ctx, grantId) => {
    if (ctx.oidc.route === "token") {
      beside("token.reused", reportReuse({ audit, log }, reusedBy(ctx, grantId)));
    }
  });
  provider.on("authorization.success", (ctx) => {
    if (ctx.oidc.client?.["urn:vestibule:without_pkce"] === true && isUnbound(ctx.oidc.params ?? {})) {
      record(ctx, { type: "application.without-pkce", outcome: "ok" });
    }
  });
}

/** What the library has found used: it revokes the grant before it says whose it was, and a grant outlives its code. */
function reusedBy(ctx: KoaContextWithOIDC, grantId: string): ReusedToken {
  const { officeId, visitor } = originOf(ctx);
  const accountId = textOrNull(currentWork()?.peek(grantKey(grantId))?.payload["accountId"]);
  return {
    what: KIND_OF_GRANT_TYPE.get(String(ctx.oidc.params?.["grant_type"])) ?? KIND.AuthorizationCode,
    applicationId: ctx.oidc.client?.clientId ?? null,
    accountId,
    officeId:
      officeId ?? (accountId === null ? null : (currentWork()?.account(accountId)?.office.id ?? null)),
    visitor,
  };
}

const KIND_OF_GRANT_TYPE: ReadonlyMap<string, Kind> = new Map([
  ["refresh_token", KIND.RefreshToken],
  ["authorization_code", KIND.AuthorizationCode],
  ["urn:ietf:params:oauth:grant-type:device_code", KIND.DeviceCode],
]);

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
