import type { Context, Handler } from "../platform/web/context.ts";
import { describeError } from "./error-descriptions.ts";

/**
 * Says in every OAuth error of the library which parameter is wrong and what to send instead (error-descriptions.ts): in JSON, in a
 * redirect, and in the form that is posted to an application.
 */
export const helpfulErrors: Handler = async (ctx, next) => {
  await next();
  const body: unknown = ctx.body;
  if (isRefusal(body)) {
    ctx.body = described(body);
  } else if (typeof body === "string") {
    ctx.body = body.replace(FORM_ERROR, describeForm);
  }
  describeRedirect(ctx);
};

interface Refusal {
  readonly error: string;
  readonly error_description?: string;
}

const isRefusal = (body: unknown): body is Refusal =>
  typeof body === "object" && body !== null && "error" in body && typeof body.error === "string";

function described(refusal: Refusal): Refusal {
  const description = describeError(refusal.error, refusal.error_description);
  return description === undefined ? refusal : { ...refusal, error_description: description };
}

/** The library writes the parameters of an answer into the query, or into the fragment. */
function describeRedirect(ctx: Context): void {
  const location = ctx.response.get("Location");
  if (location === "" || !/[?&#]error=/.test(location) || !URL.canParse(location)) {
    return;
  }
  const address = new URL(location);
  const fragment = new URLSearchParams(address.hash.slice(1));
  describeParameters(address.searchParams);
  if (describeParameters(fragment)) {
    address.hash = fragment.toString();
  }
  ctx.set("Location", address.href);
}

function describeParameters(parameters: URLSearchParams): boolean {
  const error = parameters.get("error");
  const given = parameters.get("error_description") ?? undefined;
  const description = error === null ? undefined : describeError(error, given);
  if (description === undefined || description === given) {
    return false;
  }
  parameters.set("error_description", description);
  return true;
}

/** The fields of the library's form_post page. */
const FORM_ERROR =
  /(<input type="hidden" name="error" value="([^"]*)"\/>)(?:\s*<input type="hidden" name="error_description" value="([^"]*)"\/>)?/;

function describeForm(fields: string, errorField: string, error: string, escaped?: string): string {
  const given = escaped?.replaceAll("&#39;", "'");
  const description = describeError(error, given);
  return description === undefined || description === given
    ? fields
    : `${errorField}<input type="hidden" name="error_description" value="${description}"/>`;
}
