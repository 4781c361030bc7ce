import type { HttpBrowser, Page } from "./http-browser.ts";
import type { TestApplication } from "./people.ts";
import { basic } from "./relying-party.ts";

/** How a program sends a form: with the application's credentials, without the origin that a browser would send. */
export function postAs(
  browser: HttpBrowser,
  application: Pick<TestApplication, "id" | "secret">,
  call: Readonly<{ url: string; fields?: Readonly<Record<string, string>>; body?: string; type?: string }>,
): Promise<Page> {
  const { url, fields = {}, body, type = "application/x-www-form-urlencoded" } = call;
  const { id, secret } = application;
  return browser.send(url, {
    method: "POST",
    headers: {
      accept: "application/json",
      "content-type": type,
      ...(secret === null ? {} : { authorization: basic(id, secret) }),
    },
    body: body ?? new URLSearchParams(fields).toString(),
  });
}
