import type { HttpBrowser, Page } from "./http-browser.ts";
import type { TestApplication } from "./people.ts";
import { authorizationRequest, formAction, hiddenField, openSignIn } from "./relying-party.ts";

/** What an attacker types on the password page. */
export interface Typed {
  readonly officeCode: string;
  readonly username: string;
  readonly password: string;
}

export type Verdict = "right" | "wrong" | "too-many";

/** An attacker at one open password page, who sends it again and again. */
export interface Guesser {
  readonly browser: HttpBrowser;
  send(typed: Typed, headers?: Readonly<Record<string, string>>): Promise<Page>;
  guess(typed: Typed, headers?: Readonly<Record<string, string>>): Promise<Verdict>;
}

/** Opens a sign-in in the browser. A right password leads on, so it ends the guessing. */
export async function openGuesser(browser: HttpBrowser, application: TestApplication): Promise<Guesser> {
  const page = await openSignIn(browser, authorizationRequest(browser.issuer, application));
  const action = formAction(page);
  const csrf = hiddenField(page, "_csrf");
  const send: Guesser["send"] = (typed, headers = {}) =>
    browser.post(action, { _csrf: csrf, ...typed }, { headers });
  return { browser, send, guess: async (typed, headers) => verdictOf(await send(typed, headers)) };
}

/** Throws for an answer that is none of the three. */
export function verdictOf({ status, body }: Page): Verdict {
  if (status === 303) {
    return "right";
  }
  if (status === 400 && body.includes("The office code, username or password is incorrect.")) {
    return "wrong";
  }
  if (status === 400 && body.includes("Too many attempts.")) {
    return "too-many";
  }
  throw new Error(`Neither right nor wrong: ${String(status)} ${body.slice(0, 2_000)}`);
}
