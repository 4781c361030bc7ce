import type { KoaContextWithOIDC } from "oidc-provider";
import type { DevicePages } from "./device-flow/device-flow.ts";

/** An OAuth error (RFC 6749 section 5.2). */
export interface OidcError {
  readonly error: string;
  readonly error_description?: string | undefined;
}

/** Our pages that oidc-provider shows at its own addresses. */
export interface OidcPages {
  error(ctx: KoaContextWithOIDC, out: OidcError, error: unknown): Promise<void>;
  signOut(ctx: KoaContextWithOIDC, form: { action: string; xsrf: string }): Promise<void>;
  signedOut(ctx: KoaContextWithOIDC): Promise<void>;
  readonly device: DevicePages;
}
