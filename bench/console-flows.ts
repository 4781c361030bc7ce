import { officeHref } from "../src/screens/console/page.ts";
import type { Answer } from "./connection.ts";
import { Browser } from "./browser.ts";
import { BIG_OFFICE, SMALL_OFFICE } from "./console-fill.ts";
import { expect, location, pass, type VirtualUser } from "./flows.ts";
import { staffVisitor } from "./fixtures.ts";

/** The overview and every list of an office, by the end of its address. */
const OFFICE_PAGES = {
  overview: "",
  "users by username": "/users",
  "users by name": "/users?sort=name",
  "users by last sign-in": "/users?sort=newest",
  "users, second page": "/users",
  "users overdue": "/users?show=overdue",
  "users blocked": "/users?show=blocked",
  "users with few codes": "/users?show=few-codes",
  "users, pending number": "/users?show=pending-number",
  "search, many found": "/users?q=user",
  "search, one in a hundred": "/users?q=77%40",
  "search, nobody found": "/users?q=nobody+at+all",
  "audit log": "/audit",
  "audit log, second page": "/audit",
  "audit log, refusals": "/audit?outcome=refused",
  "audit log, sign-ins": "/audit?group=sign-in",
  applications: "/applications",
} as const;
export type OfficePage = keyof typeof OFFICE_PAGES;
export const OFFICE_PAGE_NAMES = Object.keys(OFFICE_PAGES) as OfficePage[];

export type ConsoleFlowName = `${OfficePage} (${"usual" | "big"})` | "offices";

/** Pages of the console, each by itself, in an office of usual size and in a large one. */
export const CONSOLE_FLOWS = {
  offices: (user: VirtualUser) => look(user, "/console/offices"),
  ...flowsOf("usual", SMALL_OFFICE),
  ...flowsOf("big", BIG_OFFICE),
} as Record<ConsoleFlowName, (user: VirtualUser) => Promise<void>>;

function flowsOf(size: "usual" | "big", code: string) {
  return Object.fromEntries(
    OFFICE_PAGE_NAMES.map((name) => {
      const path = officeHref(code, OFFICE_PAGES[name]);
      const open = name.endsWith("second page") ? secondOf(path) : (user: VirtualUser) => look(user, path);
      return [`${name} (${size})`, open];
    }),
  );
}

const signedIn = new WeakMap<VirtualUser, Promise<Browser>>();
let staff = 0;

/** This virtual user's browser of a member of staff, signed in at the first page of all. */
function staffBrowser(user: VirtualUser): Promise<Browser> {
  const known = signedIn.get(user) ?? signIn(user, (staff += 1));
  signedIn.set(user, known);
  return known;
}

async function signIn({ browser: { port }, server }: VirtualUser, number: number): Promise<Browser> {
  const browser = new Browser(port, server.issuer);
  const path = location(await browser.get("/console/offices"), server);
  const back = await pass(browser, server, { path, person: staffVisitor(number) });
  location(await browser.get(back), server);
  return browser;
}

async function look(user: VirtualUser, path: string): Promise<void> {
  await read(await staffBrowser(user), path);
}

/** The page that the first one leads to; which that is, is asked once. */
function secondOf(path: string) {
  const seconds = new WeakMap<VirtualUser, string>();
  return async (user: VirtualUser): Promise<void> => {
    const browser = await staffBrowser(user);
    const second = seconds.get(user) ?? nextOf(await read(browser, path));
    seconds.set(user, second);
    await read(browser, second);
  };
}

function nextOf(page: Answer): string {
  const next = /<a[^>]* href="([^"]*[?&;](?:after|before)=[^"]*)"/.exec(page.body)?.[1];
  expect(next !== undefined, "a second page", page);
  return next.replaceAll("&amp;", "&");
}

async function read(browser: Browser, path: string): Promise<Answer> {
  const page = await browser.get(path);
  expect(page.status === 200 && page.body.includes("<h1"), `the page ${path}`, page);
  return page;
}
