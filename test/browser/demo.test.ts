import { expect } from "chai";
import type { Page } from "playwright-core";
import { ANNA, useDemo } from "../support/demo.ts";
import {
  button,
  expectFocus,
  link,
  onPage,
  passwordBox,
  sendIn,
  summary,
  wrongField,
} from "../support/pages.ts";
import { useBrowser } from "../support/visitors.ts";

describe("the demo web application in a browser", () => {
  const open = useBrowser();
  const demo = useDemo();

  /** From the demo's first page to the password page. */
  async function toPasswordPage(page: Page): Promise<void> {
    await page.goto(demo.url);
    await link(page, "Sign in").click();
    await onPage(page, "Sign in");
  }

  async function signIn(page: Page): Promise<void> {
    await toPasswordPage(page);
    await sendIn(page, ANNA);
    await onPage(page, "Signed in as Anna de Vries");
  }

  it("signs a user in and says in plain words what the application has learned", async () => {
    const { page } = await open();
    await signIn(page);
    const shown = (label: string) =>
      page.locator("dt", { hasText: label }).locator("xpath=../dd").innerText();
    expect(page.url()).to.equal(`${demo.url}/`);
    expect(await shown("Your name")).to.equal("Anna de Vries");
    expect(await shown("Username")).to.equal("anna@PLAIN");
    expect(await shown("Office")).to.equal("Plain Bookkeeping (office code PLAIN)");
    expect(await shown("How you proved who you are")).to.equal("password (pwd)");
    expect(await shown("Strength of the sign-in")).to.contain("password alone");
  });

  it("says at the field, which has the focus, that the password is wrong, and keeps what was typed", async () => {
    const { page } = await open();
    await toPasswordPage(page);
    await sendIn(page, { ...ANNA, password: "not-the-password" });
    await expectFocus(passwordBox(page));
    await wrongField(page, "The office code, username or password is incorrect.").waitFor();
    expect(await summary(page).count()).to.equal(0);
    expect(await page.title()).to.match(/^Error: Sign in/);
    expect(await page.getByLabel("Office code").inputValue()).to.equal("PLAIN");
    expect(await page.getByLabel("Username").inputValue()).to.equal("anna");
    expect(await passwordBox(page).inputValue()).to.equal("");
    await sendIn(page, { password: ANNA.password });
    await onPage(page, "Signed in as Anna de Vries");
  });

  it("links each message of the summary to its field", async () => {
    const { page } = await open();
    await toPasswordPage(page);
    await button(page, "Sign in").click();
    expect(await summary(page).getByRole("link").allInnerTexts()).to.deep.equal([
      "Enter your office code.",
      "Enter your username.",
      "Enter your password.",
    ]);
    await link(page, "Enter your username.").click();
    await expectFocus(page.getByLabel("Username"));
    expect(await page.getByLabel("Username").getAttribute("aria-invalid")).to.equal("true");
    expect(await page.getByLabel("Username").getAttribute("aria-describedby")).to.equal("username-error");
  });

  it("refreshes the tokens and calls userinfo", async () => {
    const { page } = await open();
    await signIn(page);
    await button(page, "Refresh tokens").click();
    await page.getByRole("status").filter({ hasText: "New tokens arrived" }).waitFor();
    await button(page, "Call userinfo").click();
    await page.getByRole("status").filter({ hasText: "Userinfo answered" }).waitFor();
  });

  it("signs a user out everywhere: the next sign-in asks again", async () => {
    const { page } = await open();
    await signIn(page);
    await button(page, "Sign out everywhere").click();
    await onPage(page, "You are signed out");
    expect(await page.getByText("You are signed out here and at the identity provider.").count()).to.equal(1);
    await link(page, "Back to the start").click();
    await link(page, "Sign in silently").click();
    await onPage(page, "You are not signed in at the identity provider");
    await link(page, "Try again").click();
    await onPage(page, "Sign in");
    expect(await page.getByLabel("Office code").inputValue()).to.equal("PLAIN");
  });

  it("lets a user who was asked to sign out stay signed in", async () => {
    const { page } = await open();
    await signIn(page);
    await page.goto(`${demo.vestibule.issuer}/sign-out`);
    await onPage(page, "Sign out?");
    await button(page, "Stay signed in").click();
    await page.goto(`${demo.url}/sign-in?prompt=none`);
    await onPage(page, "Signed in as Anna de Vries");
  });

  it("does not claim an end to a user who stays signed in", async () => {
    const { page } = await open();
    await signIn(page);
    await page.goto(`${demo.vestibule.issuer}/sign-out`);
    await button(page, "Stay signed in").click();
    await onPage(page, "You are still signed in");
    await page.goto(`${demo.vestibule.issuer}/sign-out`);
    await button(page, "Sign out").click();
    await onPage(page, "You are signed out");
  });

  it("signs in silently while the session lasts, and asks again when the application wants that", async () => {
    const { page } = await open();
    await signIn(page);
    await button(page, "Sign out here only").click();
    await link(page, "Back to the start").click();
    await link(page, "Sign in silently").click();
    await onPage(page, "Signed in as Anna de Vries");
    await link(page, "Sign in again").click();
    await onPage(page, "Sign in");
  });

  it("leads Cancel back to the application, which is friendly about it", async () => {
    const { page } = await open();
    await toPasswordPage(page);
    await button(page, "Cancel").click();
    await onPage(page, "The sign-in was cancelled");
    expect(await page.getByText("access_denied").count()).to.equal(1);
    await link(page, "Try again").click();
    await onPage(page, "Sign in");
  });

  it("does all of it without JavaScript", async () => {
    const { page } = await open({ javaScriptEnabled: false });
    await toPasswordPage(page);
    expect(await page.getByRole("button", { name: "Show password" }).count()).to.equal(0);
    await sendIn(page, { ...ANNA, password: "not-the-password" });
    await wrongField(page, "is incorrect").waitFor();
    await sendIn(page, { password: ANNA.password });
    await onPage(page, "Signed in as Anna de Vries");
    await button(page, "Refresh tokens").click();
    await page.getByRole("status").filter({ hasText: "New tokens arrived" }).waitFor();
    await button(page, "Sign out everywhere").click();
    await onPage(page, "You are signed out");
    await link(page, "Sign in").click();
    await button(page, "Cancel").click();
    await onPage(page, "The sign-in was cancelled");
  });
});
