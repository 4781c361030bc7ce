import type { Client, Configuration, KoaContextWithOIDC } from "oidc-provider";
import { ROUTES } from "../addresses.ts";

/**
 * The device flow (RFC 8628): sign-ins for devices that have no browser. This folder owns its codes and the steps between the
 * pages, which are in `screens/oidc-pages/`. It does nothing unless the setting is on.
 */

/** Where a page's form is sent, and what proves that it is ours. */
interface DeviceForm {
  readonly action: string;
  readonly xsrf: string;
}

/** What is wrong with a code that somebody has typed. */
type UserCodeFault = "required" | "wrong" | "tooMany";

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

type DeviceFlow = NonNullable<Configuration["features"]>["deviceFlow"];

/**
 * The device flow (RFC 8628), with our pages. The sign-in that follows the code is the one of every application: office,
 * policy and second factor as always.
 */
export function deviceFlow(isOn: boolean, pages: DevicePages): DeviceFlow {
  if (!isOn) {
    return { enabled: false };
  }
  return {
    enabled: true,
    // No vowels, so that no word comes about, and no digit that looks like a letter (section 6.1).
    charset: "base-20",
    mask: "****-****",
    // Nothing of the device's address is kept or shown.
    deviceInfo: () => ({}),
    userCodeInputSource: (ctx, _form, _out, error) => {
      if (error?.name === "AbortedError") {
        pages.done(ctx, false);
      } else {
        pages.code(ctx, formOf(ctx), faultOf(ctx, error));
      }
      return Promise.resolve();
    },
    userCodeConfirmSource: (...[ctx, , client, , userCode]) =>
      pages.confirm(ctx, formOf(ctx), { client, userCode }),
    successSource: (ctx) => {
      pages.done(ctx, true);
      return Promise.resolve();
    },
  };
}

function formOf(ctx: KoaContextWithOIDC): DeviceForm {
  const secret = ctx.oidc.session?.state?.["secret"];
  return { action: ROUTES.code_verification, xsrf: typeof secret === "string" ? secret : "" };
}

/** Unknown, past its end and used already read the same: nobody learns which codes there are. */
function faultOf(ctx: KoaContextWithOIDC, error: Error | undefined): UserCodeFault | null {
  if (error === undefined) {
    return null;
  }
  if (ctx.state["tooManyUserCodes"] === true) {
    return "tooMany";
  }
  return UNUSABLE.includes(error.name) ? "wrong" : "required";
}

const UNUSABLE = ["NotFoundError", "ExpiredError", "AlreadyUsedError"];
