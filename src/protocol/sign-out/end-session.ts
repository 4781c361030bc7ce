import type { Client, KoaContextWithOIDC } from "oidc-provider";
import { cookieOptions } from "../cookie-settings.ts";
import { currentWork, grantKey } from "../models/unit-of-work.ts";
import { errors } from "../library.ts";

/**
 * Ends the session of this browser, as oidc-provider does after its own confirmation, which it offers to no code: applications with
 * a back-channel address are notified, grants end that do not outlive the session, and the cookie goes.
 */
export async function endSession(ctx: KoaContextWithOIDC): Promise<void> {
  const { session, provider } = ctx.oidc;
  const { accountId, authorizations = {} } = session ?? {};
  for (const [clientId, { sid, grantId, persistsLogout }] of Object.entries(authorizations)) {
    const client = await clientOf(ctx, clientId);
    if (client?.backchannelLogoutUri !== undefined && accountId !== undefined && sid !== undefined) {
      currentWork()?.notifySignedOut({ applicationId: clientId, accountId, sid });
    }
    if (grantId !== undefined && persistsLogout !== true) {
      revoke(grantId);
    }
  }
  await session?.destroy();
  ctx.cookies.set(provider.cookieName("session"), null, cookieOptions(provider.issuer));
  provider.emit("end_session.success", ctx);
}

/** A grant, with its codes and tokens. */
function revoke(grantId: string): void {
  currentWork()?.revokeGrant(grantId);
  currentWork()?.destroy(grantKey(grantId));
}

/** Undefined for an application that was removed or disabled meanwhile. */
async function clientOf({ oidc }: KoaContextWithOIDC, id: string): Promise<Client | undefined> {
  try {
    return await oidc.provider.Client.find(id);
  } catch (error) {
    if (error instanceof errors.InvalidClient) {
      return undefined;
    }
    throw error;
  }
}
