import type { Client, KoaContextWithOIDC } from "oidc-provider";
import type { RefusedAddress } from "./requests/refused-address.ts";

/** The pages that oidc-provider shows at its own addresses, as it calls them; `screens/oidc-pages/` makes them. */

/** An OAuth error (RFC 6749 section 5.2). */
export interface OidcError {
  readonly error: string;
  readonly error_description?: string | undefined;
  /** Set where the address to go back to is not registered. */
  readonly refusedAddress?: RefusedAddress | null;
}

/** Our pages that oidc-provider shows at its own addresses. */
export interface OidcPages {
  error(ctx: KoaContextWithOIDC, out: OidcError, error: unknown): Promise<void>;
  signOut(ctx: KoaContextWithOIDC, form: SignOutForm): Promise<void>;
  signedOut(ctx: KoaContextWithOIDC): Promise<void>;
  readonly device: DevicePages;
}

/** The form that asks before a sign-out. */
interface SignOutForm {
  readonly action: string;
  /** Good for the newest page of the session alone. */
  readonly xsrf: string;
  /** What the sign-out was asked for with, to ask once more by the form of an older page. */
  readonly asked: readonly { readonly name: string; readonly value: string }[];
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
  code(ctx: KoaContextWithOIDC, form: DeviceForm, fault: UserCodeFault | null): Promise<void>;
  confirm(
    ctx: KoaContextWithOIDC,
    form: DeviceForm,
    asked: { client: Client; userCode: string },
  ): Promise<void>;
  done(ctx: KoaContextWithOIDC, isSignedIn: boolean): Promise<void>;
}
