import type { HttpBrowser } from "./http-browser.ts";

/** What comes back for a form that answers with a file, or takes one. */
export interface FileAnswer {
  readonly status: number;
  readonly headers: Headers;
  readonly location: string;
  readonly bytes: Buffer;
}

/** Sends a form as the browser would; a FormData is sent with its file. */
export async function sendFile(
  browser: HttpBrowser,
  path: string,
  body: URLSearchParams | FormData | { readonly stream: ReadableStream; readonly type: string },
): Promise<FileAnswer> {
  const isStream = "stream" in body;
  const answer = await fetch(new URL(path, browser.issuer), {
    method: "POST",
    redirect: "manual",
    headers: {
      cookie: browser.cookiesFor(path),
      origin: browser.issuer,
      ...(isStream ? { "content-type": body.type } : {}),
    },
    ...(isStream ? { body: body.stream, duplex: "half" as const } : { body }),
  });
  return {
    status: answer.status,
    headers: answer.headers,
    location: answer.headers.get("location") ?? "",
    bytes: Buffer.from(await answer.arrayBuffer()),
  };
}
