import { textVisitor } from "./fixtures.ts";
import { authorizationRequest, expect, givePassword, location, type VirtualUser } from "./flows.ts";

/** What only Vestibule has, and is compared with nobody: pages, each by itself. */
export const OWN_FLOWS = {
  "text-message": textMessage,
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
