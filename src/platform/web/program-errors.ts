import { statusOf, type PageError } from "../../kernel/errors.ts";
import type { Context } from "./context.ts";

/** An endpoint that programs call. */
export interface Program {
  readonly methods: readonly ("GET" | "POST")[];
}

/** The endpoints by their paths. No page is there, and every error is an OAuth error. */
export type Programs = ReadonlyMap<string, Program>;

/** RFC 6749 section 5.2. The description says what to send instead. */
export interface OAuthError {
  readonly error: string;
  readonly error_description: string;
}

/** An error of our own as the programs of RFC 6749 sections 4.1.2.1 and 5.2 expect it. Sets `Allow` for a wrong method. */
export function oauthError(ctx: Context, { kind }: PageError, { methods }: Program): OAuthError {
  switch (statusOf(kind)) {
    case 405:
      ctx.set("Allow", [...methods, "OPTIONS"].join(", "));
      return refusal(`${ctx.path} is called by ${methods.join(" or ")}`);
    case 413:
      return refusal("the request is too large");
    case 404:
      return refusal(`nothing is at ${ctx.path}`);
    case 503:
      return {
        error: "temporarily_unavailable",
        error_description:
          "the server cannot answer at the moment; send the request again after the seconds of Retry-After",
      };
    case 500:
      return {
        error: "server_error",
        error_description: "the server met a fault that its operator has to look at",
      };
    default:
      return refusal(
        "the request cannot be read; its address, headers and form have to be well-formed UTF-8",
      );
  }
}

const refusal = (description: string): OAuthError => ({
  error: "invalid_request",
  error_description: description,
});
