import type { Context, Handler } from "./context.ts";
import type { Renderer } from "./render.ts";

/** A form that carries an answer on. */
interface Form {
  readonly action: string;
  readonly fields: readonly { readonly name: string; readonly value: string }[];
}

/**
 * oidc-provider has one page that no setting replaces: the form that sends itself, to the application
 * (OAuth 2.0 Form Post Response Mode) or to the end of a session. Its form is put into a page of ours, which works
 * without a script in it.
 */
export function formPostPage(renderer: Renderer): Handler {
  return async (ctx, next) => {
    await next();
    const form = formOf(ctx);
    if (form !== null) {
      renderer.page(ctx, "form-post/form-post", { office: null, ...form });
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

/** Undoes what the library's `htmlSafe` does; the template escapes anew. */
const unescapeHtml = (text: string): string =>
  text.replace(/&(?:amp|lt|gt|quot|#39);/g, (name) => CHARACTERS[name] ?? name);
