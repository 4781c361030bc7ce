import { spawn } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";
import { expect } from "chai";
import { runMobileSignIn } from "../../demo/mobile-application.ts";
import { ANNA, useDemo } from "../support/demo.ts";
import { button, onPage, sendIn } from "../support/pages.ts";
import { useBrowser } from "../support/visitors.ts";

const PROGRAM = fileURLToPath(new URL("../../demo/mobile-application.ts", import.meta.url));

describe("the demo mobile application", () => {
  const open = useBrowser();
  const demo = useDemo();

  const application = () => ({ issuer: demo.vestibule.issuer, clientId: demo.mobileId });

  it("gets claims and tokens by the browser and a loopback address", async () => {
    const { page } = await open();
    const { claims, tokens, refreshed } = await runMobileSignIn({
      ...application(),
      refresh: true,
      openBrowser: async (address) => {
        await page.goto(address);
        await sendIn(page, ANNA);
        await onPage(page, "Back to the application");
      },
    });
    expect(claims).to.include({ name: "Anna de Vries", preferred_username: "anna@PLAIN" });
    expect(claims["office"]).to.include({ code: "PLAIN" });
    expect(tokens).to.deep.equal({ accessTokenSeconds: 900, idTokenSeconds: 3600, hasRefreshToken: true });
    expect(refreshed).to.deep.equal(tokens);
  });

  it("never gets a code without a user's act, although there is a session", async () => {
    const { page } = await open();
    await page.goto(`${demo.url}/sign-in`);
    await sendIn(page, ANNA);
    await onPage(page, "Signed in as Anna de Vries");
    const silent = runMobileSignIn({
      ...application(),
      prompt: "none",
      openBrowser: async (address) => {
        await page.goto(address);
      },
    });
    const failure = await silent.then(
      () => null,
      (error: unknown) => error,
    );
    expect(String(failure)).to.contain("authorization response from the server is an error");
    await onPage(page, "The sign-in was not finished");
  });

  it("learns of Cancel", async () => {
    const { page } = await open();
    const cancelled = runMobileSignIn({
      ...application(),
      openBrowser: async (address) => {
        await page.goto(address);
        await button(page, "Cancel").click();
        await onPage(page, "The sign-in was not finished");
      },
    });
    const failure = await cancelled.then(
      () => null,
      (error: unknown) => error,
    );
    expect(failure).to.include({ error: "access_denied" });
  });

  it("is a program that prints where to go and what it has learned", async () => {
    const { page } = await open();
    const { issuer, clientId } = application();
    const args = [PROGRAM, "--issuer", issuer, "--client-id", clientId, "--print-url"];
    const child = spawn(process.execPath, args, { stdio: ["ignore", "pipe", "inherit"] });
    const ended = once(child, "exit");
    let printed = "";
    const address = new Promise<string>((resolve) => {
      child.stdout.on("data", (chunk: Buffer) => {
        printed += chunk.toString();
        const [found] = /http\S+/.exec(printed) ?? [];
        if (found !== undefined && printed.includes("Waiting for you")) {
          resolve(found);
        }
      });
    });
    await page.goto(await address);
    await sendIn(page, ANNA);
    await onPage(page, "Back to the application");
    expect(await ended).to.deep.equal([0, null]);
    expect(printed)
      .to.contain("Signed in as Anna de Vries")
      .and.contain("Plain Bookkeeping (office code PLAIN)");
  });
});
