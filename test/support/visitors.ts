import { expect } from "chai";
import type { BrowserContext, BrowserContextOptions, Page, Request } from "playwright-core";
import { theBrowser, type TestBrowser } from "./browser.ts";

/** A visitor with a browser of their own, without the cookies of another. */
export interface Visitor {
  readonly page: Page;
  readonly context: BrowserContext;
  /** What no page of ours may do, and did: ask another machine, break its policy, open a dialog, fail in its script. */
  readonly complaints: string[];
}

export type OpenVisitor = (options?: BrowserContextOptions) => Promise<Visitor>;

/**
 * Gives a suite its visitors. After each test their windows are closed, and whatever they had to complain of fails
 * it: so every browser test is also a test that nothing leaves this machine (T119) and that the policy holds (T97).
 */
export function useBrowser(): OpenVisitor {
  const visitors: Visitor[] = [];
  let running: TestBrowser;
  before(async function () {
    this.timeout(60_000);
    running = await theBrowser();
  });
  afterEach(async () => {
    const leaving = visitors.splice(0);
    await Promise.all(leaving.map(({ context }) => context.close()));
    expect(leaving.flatMap(({ complaints }) => complaints)).to.deep.equal([]);
  });
  return async (options = {}) => {
    const visitor = await openVisitor(running, options);
    visitors.push(visitor);
    return visitor;
  };
}

/**
 * Gives a suite that looks at many pages one new window after the other, without cookies, of one browser: starting one
 * for each costs more than most pages. What they had to complain of fails a test as above.
 */
export function useWindows(): () => Promise<Page> {
  let visitor: Visitor;
  before(async function () {
    this.timeout(60_000);
    visitor = await openVisitor(await theBrowser(), {});
  });
  afterEach(() => {
    expect(visitor.complaints.splice(0)).to.deep.equal([]);
  });
  after(() => visitor.context.close());
  return async () => {
    const { context } = visitor;
    await context.clearCookies();
    const left = context.pages();
    const page = await context.newPage();
    await Promise.all(left.map((each) => each.close()));
    return page;
  };
}

/** A visitor outside a suite, whom the caller lets go. */
export async function openVisitor(
  { browser }: TestBrowser,
  options: BrowserContextOptions,
): Promise<Visitor> {
  const context = await browser.newContext({ locale: "en-GB", ...options });
  context.setDefaultTimeout(30_000);
  const complaints: string[] = [];
  context.on("request", (request) => {
    if (!staysHere(request)) {
      complaints.push(`asked another machine: ${request.url()}`);
    }
  });
  context.on("console", (message) => {
    if (message.type() === "error" && /content security policy|refused to/i.test(message.text())) {
      complaints.push(`policy: ${message.text()}`);
    }
  });
  context.on("dialog", (dialog) => {
    complaints.push(`dialog: ${dialog.message()}`);
    void dialog.dismiss();
  });
  context.on("weberror", (failure) => {
    complaints.push(`script: ${failure.error().message}`);
  });
  await reportViolations(context, complaints);
  return { page: await context.newPage(), context, complaints };
}

/** Of this machine: servers on it, the https sites of this process, and programs with a scheme of their own. */
const HERE =
  /^(data:|blob:|about:|com\.example\.app:|https?:\/\/(localhost|127\.0\.0\.1)[:/]|https:\/\/[a-z]+\.test\/)/;

const staysHere = (request: Request): boolean => HERE.test(request.url());

/** The policy's own reports; the console has them too, but not those of every frame. */
async function reportViolations(context: BrowserContext, complaints: string[]): Promise<void> {
  await context.exposeFunction("tellViolation", (report: string) => {
    complaints.push(`policy: ${report}`);
  });
  await context.addInitScript({
    content: `addEventListener("securitypolicyviolation", ({ effectiveDirective, blockedURI, sourceFile }) =>
      tellViolation([effectiveDirective, blockedURI, sourceFile].join(" ")));`,
  });
}
