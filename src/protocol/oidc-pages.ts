import type { Client, KoaContextWithOIDC } from "oidc-provider";

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

/** The address of a page's form, and the token that proves that the form is ours. */
export interface DeviceForm {
  readonly action: string;
  readonly xsrf: string;
}

/** Why a typed user code was refused. */
export type UserCodeFault = "required" | "wrong" | "tooMany";

/** The pages of the device flow. */
export interface DevicePages {
  code(ctx: KoaContextWithOIDC, form: DeviceForm, fault: UserCodeFault | null): void;
  confirm(
    ctx: KoaContextWithOIDC,
    form: DeviceForm,
    asked: { client: Client; userCode: string },
  ): Promise<void>;
  done(ctx: KoaContextWithOIDC, isSignedIn: boolean): void;
}
