import { textVisitor } from "./fixtures.ts";
import { authorizationRequest, enter, expect, givePassword, location, type VirtualUser } from "./flows.ts";

/** Pages of Vestibule, each by itself, and the sign-in by text message (texts.ts). */
export const OWN_FLOWS = {
  "text-message": textMessage,
  "sign-in-text": signInByText,
  "password-page": passwordPage,
  "account-general": accountPage("/account"),
  "account-sessions": accountPage("/account/sessions"),
  "account-applications": accountPage("/account/applications"),
  "account-sign-ins": accountPage("/account/sign-ins"),
} as const satisfies Record<string, (user: VirtualUser) => Promise<unknown>>;
export type OwnFlowName = keyof typeof OWN_FLOWS;

/** The password, and the page that sends a text message. */
async function textMessage({ browser, server, nextPerson }: VirtualUser): Promise<void> {
  browser.forget();
  const page = await browser.get(location(await browser.get(authorizationRequest(server).path), server));
  const sent = await givePassword(browser, page, { server, person: textVisitor(nextPerson()) });
  const code = await browser.get(location(await browser.get(location(sent, server)), server));
  expect(code.status === 200 && code.body.includes('autocomplete="one-time-code"'), "the code's page", code);
}

/** The whole sign-in of a user who gets a text message, from the first redirect to the tokens. */
async function signInByText({ browser, server, nextPerson, textCode }: VirtualUser): Promise<void> {
  const person = nextPerson();
  browser.forget();
  await enter(browser, server, textVisitor(person), () => {
    if (textCode === undefined) {
      throw new Error("Only texts.ts knows where the text messages go.");
    }
    return textCode(person);
  });
}

const signIns = new WeakMap<VirtualUser, string>();

/** The page of a sign-in that has begun. */
async function passwordPage(user: VirtualUser): Promise<void> {
  const { browser, server } = user;
  const path = signIns.get(user) ?? location(await browser.get(authorizationRequest(server).path), server);
  signIns.set(user, path);
  const page = await browser.get(path);
  expect(page.status === 200 && page.body.includes('type="password"'), "the password page", page);
}

function accountPage(path: string) {
  return async ({ member }: VirtualUser): Promise<void> => {
    const page = await member.get(path);
    expect(page.status === 200, path, page);
  };
}
