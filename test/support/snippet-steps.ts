import { expect } from "chai";
import type { Page } from "playwright-core";
import { startSnippet, type Host, type RunningSnippet } from "./foreign-client.ts";
import { button, entriesOf, onPage, sendCode, sendIn } from "./pages.ts";
import { makeUser, type TestUser } from "./people.ts";
import type { Front } from "./recorded-issuer.ts";
import { giveApp, makeStrictOffice, type TestApp } from "./second-factor.ts";
import { totpAt } from "./totp.ts";
import type { World } from "./use-vestibule.ts";

export interface Surroundings {
  readonly vestibule: World;
  readonly front: Front;
}

/** A user with an app, of an office that demands it. */
export interface Person {
  readonly user: TestUser;
  readonly app: TestApp;
}

export async function makePerson({ services }: World): Promise<Person> {
  const office = await makeStrictOffice(services);
  const user = await makeUser(services, office, { mail: "sanne@noord.example", isMailProved: true });
  return { user, app: await giveApp(services, user) };
}

/** Password and code, from the sign-in page on. */
export async function passBothFactors(page: Page, { user, app }: Person): Promise<void> {
  await onPage(page, "Sign in");
  await sendIn(page, entriesOf(user));
  const box = page.getByLabel("Verification code", { exact: true });
  await sendCode(box, totpAt(app.secret, Date.now() / 1000), button(page, "Confirm"));
}

/** An application that a server runs, and where its snippet puts what. */
export interface ServerSnippet {
  readonly name: string;
  readonly host: Host;
  readonly redirectPath: string;
  readonly signIn: string;
  /** A button of the application's own page for signing in. */
  readonly signInButton?: string;
  readonly person: string;
  /** Calls the resource server. */
  readonly api?: string;
  /** Has the application renew its access token; whatever this answers is asked for then. */
  readonly renew: (page: Page, here: string) => Promise<void>;
  readonly signOut: (here: string) => string;
  readonly signOutButton?: string;
}

/** Signs in, reads the name, calls the API, renews, and signs out, with the snippet as it is written. */
export async function walk(
  page: Page,
  around: Surroundings,
  snippet: ServerSnippet,
  { person, resource }: { readonly person: Person; readonly resource: string },
): Promise<void> {
  const running = await startSnippet(around, snippet.host, snippet.name, (here) => ({
    redirectUris: [`${here}${snippet.redirectPath}`],
    postLogoutRedirectUris: [`${here}/`],
    ...(snippet.api === undefined ? {} : { resources: [resource] }),
  }));
  try {
    await enter(page, running, snippet);
    await passBothFactors(page, person);
    await page.waitForURL(`${running.here}/**`);
    await shows(page, running, snippet, { person, issuer: around.vestibule.issuer });
    await renews(page, around, running, snippet);
    await shows(page, running, snippet, { person, issuer: around.vestibule.issuer });
    await leave(page, running, snippet);
  } finally {
    await running.stop();
  }
}

async function enter(page: Page, { here }: RunningSnippet, snippet: ServerSnippet): Promise<void> {
  await page.goto(`${here}${snippet.signIn}`);
  if (snippet.signInButton !== undefined) {
    await button(page, snippet.signInButton).click();
  }
}

async function shows(
  page: Page,
  { here }: RunningSnippet,
  { person: path, api }: ServerSnippet,
  { person, issuer }: { readonly person: Person; readonly issuer: string },
): Promise<void> {
  const known = { iss: issuer, sub: person.user.id, name: "Sanne Bakker" };
  expect(await jsonAt(page, `${here}${path}`)).to.include(known);
  if (api !== undefined) {
    expect(await jsonAt(page, `${here}${api}`)).to.deep.equal([{ number: 1, for: person.user.id }]);
  }
}

/** What a page answers as JSON. */
export async function jsonAt(page: Page, url: string): Promise<unknown> {
  const response = await page.goto(url);
  const text = (await response?.text()) ?? "";
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw new Error(`${url} is no JSON: ${text}`, { cause });
  }
}

async function renews(
  page: Page,
  { front }: Surroundings,
  { here }: RunningSnippet,
  { renew, person, api }: ServerSnippet,
): Promise<void> {
  const before = renewalsAt(front);
  await renew(page, here);
  await page.goto(`${here}${api ?? person}`);
  expect(renewalsAt(front)).to.be.greaterThan(before);
}

/** How often an application got new tokens for its refresh token. */
export const renewalsAt = ({ recorded }: Front): number =>
  recorded.filter(({ grant, status }) => grant === "refresh_token" && status === 200).length;

async function leave(page: Page, running: RunningSnippet, snippet: ServerSnippet): Promise<void> {
  const { here } = running;
  await page.goto(snippet.signOut(here));
  if (snippet.signOutButton !== undefined) {
    await button(page, snippet.signOutButton).click();
  }
  await page.getByText("Nobody is signed in.").waitFor();
  expect(page.url()).to.equal(`${here}/`);
  await page.goto(`${here}${snippet.person}`);
  expect(await page.locator("body").innerText()).not.to.contain("Sanne Bakker");
  // The issuer has forgotten the user, too.
  await enter(page, running, snippet);
  await onPage(page, "Sign in");
}
