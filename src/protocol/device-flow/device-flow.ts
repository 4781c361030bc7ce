import type { Configuration, KoaContextWithOIDC } from "oidc-provider";
import { ROUTES } from "../addresses.ts";
import type { DeviceForm, OidcPages, UserCodeFault } from "../oidc-pages.ts";
import { textOrNull } from "../../kernel/unknown-value.ts";

/**
 * The device flow (RFC 8628): sign-ins for devices that have no browser. This folder owns its codes and the steps between the
 * pages, which are in `screens/oidc-pages/`. It does nothing unless the setting is on. `device-codes.ts` stores the codes,
 * `domain/applications/user-code-guard.ts` limits guesses, and `protocol/lifetimes.ts` says how long a code is valid.
 */

type DeviceFlow = NonNullable<Configuration["features"]>["deviceFlow"];

/**
 * The device flow (RFC 8628) with our pages. After the user code follows the same sign-in as for every application, with
 * the same office, policy and second factor.
 */
export function deviceFlow(isOn: boolean, { device: pages, error: showError }: OidcPages): DeviceFlow {
  if (!isOn) {
    return { enabled: false };
  }
  return {
    enabled: true,
    // No vowels, so that no code spells a word, and no digit that looks like a letter (section 6.1).
    charset: "base-20",
    mask: "****-****",
    // The device's address and user agent are neither stored nor shown.
    deviceInfo: () => ({}),
    userCodeInputSource: async (ctx, _form, out, error) => {
      if (out !== undefined && forgetNewSession(ctx)) {
        await showError(ctx, out, error);
      } else if (error?.name === "AbortedError") {
        await pages.done(ctx, false);
      } else {
        await pages.code(ctx, formOf(ctx), faultOf(ctx, error));
        ctx.status = error === undefined ? 200 : 400;
      }
    },
    userCodeConfirmSource: (...[ctx, , client, , userCode]) =>
      pages.confirm(ctx, formOf(ctx), { client, userCode }),
    successSource: (ctx) => pages.done(ctx, true),
  };
}

function formOf(ctx: KoaContextWithOIDC): DeviceForm {
  const secret = ctx.oidc.session?.state?.["secret"];
  return { action: ROUTES.code_verification, xsrf: textOrNull(secret) ?? "" };
}

/**
 * Whether the browser came without its session, whose form cannot be shown again. For an error the library keeps the
 * form's secret in a session that it has not stored, and fails when it updates that.
 */
function forgetNewSession({ oidc: { session } }: KoaContextWithOIDC): boolean {
  const isStored = typeof session?.exp === "number";
  return session !== undefined && !isStored && Reflect.set(session, "touched", false);
}

/** Unknown, expired and used codes get the same answer, so that guessing does not reveal which codes exist. */
function faultOf(ctx: KoaContextWithOIDC, error: Error | undefined): UserCodeFault | null {
  // The form of an older page, whose token a newer one has replaced: nothing is wrong with what was typed.
  if (error === undefined || error.name === "InvalidRequest") {
    return null;
  }
  if (ctx.state["tooManyUserCodes"] === true) {
    return "tooMany";
  }
  return UNUSABLE.includes(error.name) ? "wrong" : "required";
}

const UNUSABLE = ["NotFoundError", "ExpiredError", "AlreadyUsedError"];
