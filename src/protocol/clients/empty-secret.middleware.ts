import { parse, type ParsedUrlQuery } from "node:querystring";
import { authenticationOf } from "../../domain/applications/application.ts";
import type { ApplicationStore } from "../../domain/applications/application-store.ts";
import { readText } from "../../platform/web/body.ts";
import type { Context, Handler } from "../../platform/web/context.ts";

/** The largest form that oidc-provider reads. */
const MAX_BYTES = 56 * 1024;

/** A client id and nothing behind the colon. */
const WITHOUT_SECRET = /^(app_[\w-]{16,100}):$/;

/**
 * Reads `Basic` with an empty secret as what it means for a public application: no authentication, and its id in the form
 * (RFC 6749 section 2.3.1 lets a client leave out an empty secret). Libraries that know one way to send credentials do that. The
 * header of a confidential application is left as it is, and oidc-provider refuses it: an empty secret never authenticates.
 */
export function emptySecretsAsNone(applications: Pick<ApplicationStore, "find">): Handler {
  return async (ctx, next) => {
    const hasForm = typeof ctx.is("application/x-www-form-urlencoded") === "string";
    const id = ctx.method === "POST" && hasForm ? namedWithoutSecret(ctx) : null;
    if (id !== null && (await isPublic(id))) {
      await nameInForm(ctx, id);
    }
    await next();
  };

  async function isPublic(id: string): Promise<boolean> {
    const application = await applications.find(id);
    return application !== null && authenticationOf(application) === "none";
  }
}

function namedWithoutSecret(ctx: Context): string | null {
  const [, encoded] = /^basic ([A-Za-z0-9+/]+={0,2})$/i.exec(ctx.get("Authorization")) ?? [];
  const decoded = encoded === undefined ? "" : Buffer.from(encoded, "base64").toString("utf8");
  return WITHOUT_SECRET.exec(decoded)?.[1] ?? null;
}

/** Where the form names another application, or has other credentials, the header stays, and oidc-provider refuses the two. */
async function nameInForm(ctx: Context, id: string): Promise<void> {
  const form = parse(await readText(ctx, MAX_BYTES));
  if (isOmitted(form, "client_secret") && isOmitted(form, "client_assertion") && namesNoOther(form, id)) {
    form["client_id"] = id;
    delete ctx.req.headers.authorization;
  }
  // oidc-provider takes this for the body that has been read.
  Object.assign(ctx.request, { body: form });
}

const isOmitted = (form: ParsedUrlQuery, name: string): boolean => (form[name] ?? "") === "";

const namesNoOther = (form: ParsedUrlQuery, id: string): boolean =>
  isOmitted(form, "client_id") || form["client_id"] === id;
