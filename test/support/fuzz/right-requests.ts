import type { HttpBrowser, Page } from "../http-browser.ts";
import { basic } from "../relying-party.ts";
import type { TestApplication } from "../people.ts";
import { emptyDraft, fieldsOf, type Draft } from "./draft.ts";
import type { Seed } from "./ground.ts";
import { formsOf } from "./page-form.ts";

export type Values = Readonly<Record<string, string>>;

export const get = (path: string, query: Values, browser?: HttpBrowser): Draft => ({
  ...emptyDraft("GET", path),
  query: fieldsOf(query),
  headers: cookieOf(path, browser),
});

export const post = (path: string, form: Values, headers: Draft["headers"] = []): Draft => ({
  ...emptyDraft("POST", path),
  form: fieldsOf(form),
  headers,
});

export const cookieOf = (path: string, browser?: HttpBrowser): Draft["headers"] => {
  const cookie = browser?.cookiesFor(path) ?? "";
  return cookie === "" ? [] : [["Cookie", cookie]];
};

/** A form of a page, sent by the browser that shows it. */
export function formOf(browser: HttpBrowser, page: Page, pick = 0): Draft {
  const forms = formsOf(page);
  const form = forms[pick % Math.max(1, forms.length)];
  const action = form?.action ?? new URL(page.url).pathname;
  const headers: Draft["headers"] = [...cookieOf(action, browser), ["Origin", browser.issuer]];
  return { ...post(action, form?.fields ?? {}, headers), isUpload: form?.isUpload ?? false };
}

/** What a person types replaces what the page has in its fields. */
export const withTyped = (draft: Draft, typed: Values): Draft => ({
  ...draft,
  form: [...(draft.form ?? []).filter(({ name }) => !(name in typed)), ...fieldsOf(typed)],
});

export const asClient = ({ id, secret }: TestApplication): Draft["headers"] => [
  ["Accept", "application/json"],
  ["Authorization", basic(id, secret ?? "")],
];

/** A page that needs nothing. */
export const page =
  (path: string, query: Values = { lang: "nl" }): Seed =>
  () =>
    Promise.resolve(get(path, query));
