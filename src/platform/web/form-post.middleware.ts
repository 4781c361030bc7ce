import type { Context, Handler } from "./context.ts";
import type { Renderer } from "./render.ts";

/** The form that oidc-provider wants the browser to submit. */
interface Form {
  readonly action: string;
  readonly fields: readonly { readonly name: string; readonly value: string }[];
}

/**
 * oidc-provider has one page that no setting replaces: the form that submits itself to the application (OAuth 2.0 Form Post
 * Response Mode) or to the end-session endpoint. This middleware puts the same form into our own page, which needs no inline script
 * and so passes our Content-Security-Policy.
 */
export function formPostPage(renderer: Renderer): Handler {
  return async (ctx, next) => {
    await next();
    const form = formOf(ctx);
    if (form !== null) {
      renderer.page(ctx, "form-post/form-post", { office: await renderer.officeOf(ctx), ...form });
    }
  };
}

function formOf({ body, response }: Context): Form | null {
  if (
    typeof body !== "string" ||
    !response.is("html") ||
    !body.includes("<title>Submitting Callback</title>")
  ) {
    return null;
  }
  const action = /<form method="post" action="([^"]*)">/.exec(body)?.[1];
  if (action === undefined) {
    throw new Error("oidc-provider has changed: its form that sends itself has another shape.");
  }
  const inputs = body.matchAll(/<input type="hidden" name="([^"]*)" value="([^"]*)"\/>/g);
  const fields = [...inputs].map(([, name = "", value = ""]) => ({
    name: unescapeHtml(name),
    value: unescapeHtml(value),
  }));
  return { action: unescapeHtml(action), fields };
}

const CHARACTERS: Readonly<Record<string, string>> = {
  "&amp;": "&",
  "&lt;": "<",
  "&gt;": ">",
  "&quot;": '"',
  "&#39;": "'",
};

/** Reverses the library's `htmlSafe`, because the template escapes again. */
const unescapeHtml = (text: string): string =>
  text.replace(/&(?:amp|lt|gt|quot|#39);/g, (name) => CHARACTERS[name] ?? name);
