import { expect } from "chai";
import { readFileSync } from "node:fs";
import { once } from "node:events";
import type { Page } from "playwright-core";
import { runProgram, useInstallation, type Environment } from "../cli/installation.ts";
import { startServer, type Server } from "../cli/server.ts";
import { startExample, type Example } from "../support/example.ts";
import { freePort } from "../support/free-port.ts";
import { button, sendIn } from "../support/pages.ts";
import { useBrowser } from "../support/visitors.ts";

const DOCUMENT = readFileSync(new URL("../../docs/applications.md", import.meta.url), "utf8");
const [, SECTION = ""] = /## In five minutes\n([\s\S]*?)\n## /.exec(DOCUMENT) ?? [];

/** What each block of commands registers, and what it starts then. */
const BLOCKS = [...SECTION.matchAll(/```sh\n(.*)\n(.*)\n```/g)].map(([, register = "", start = ""]) => ({
  register,
  start,
  file: /examples\/(\S+)/.exec(start)?.[1] ?? "",
}));
const INVOICES = 'invoices: [{"number":1,"amount":"12.50"}]';

/** The clone of a newcomer, who types what the document says; only the ports are others, since tests run side by side. */
describe("the first minutes with docs/applications.md", function () {
  this.timeout(60_000);
  const here = useInstallation();
  const open = useBrowser();
  const started: Example[] = [];
  let environment: Environment;
  let server: Server;
  let ports: Readonly<Record<string, string>>;

  before(async () => {
    const [demo, web, api, browser] = [
      await freePort(),
      await freePort(),
      await freePort(),
      await freePort(),
    ];
    ports = { 8080: String(web), 8081: String(api), 8082: String(browser) };
    environment = { ...here.environment, VESTIBULE_DEMO: "yes", VESTIBULE_DEMO_PORT: String(demo) };
    server = await startServer(environment, [], "Stop: Ctrl-C");
    await (await type("resource-server.ts")).says(/^listening/m);
  });
  after(async () => {
    await Promise.all(started.map((example) => example.stop()));
    server.child.kill("SIGINT");
    await (server.child.exitCode === null ? once(server.child, "close") : null);
  });

  it("has an application of each kind, and an API", () => {
    const files = ["resource-server.ts", "web.ts", "single-page/serve.ts", "native.ts", "machine.ts"];
    expect(BLOCKS.map(({ file }) => file)).to.deep.equal(files);
  });

  it("connects a web application: name, API and sign-out", async () => {
    const { page } = await open();
    await (await type("web.ts")).says(/^open /m);
    await page.goto(at("http://localhost:8080/sign-in"));
    await signIn(page);
    await page.getByText(`Hello Anna de Vries, ${INVOICES}`).waitFor();
    await page.goto(at("http://localhost:8080/sign-out"));
    await page.getByText("You are not signed in").waitFor();
    await page.goto(at("http://localhost:8080/sign-in"));
    await page.getByLabel("Username").waitFor();
  });

  it("connects a single-page application: name, API and sign-out", async () => {
    const { page } = await open();
    await (await type("single-page/serve.ts")).says(/^open /m);
    await page.goto(at("http://localhost:8082/"));
    await button(page, "Sign in").click();
    await signIn(page);
    await page.getByText(`Hello Anna de Vries, ${INVOICES}`).waitFor();
    await button(page, "Sign out").click();
    await page.getByText("You are not signed in").waitFor();
  });

  it("connects a native application: name, API and sign-out", async () => {
    const { page } = await open();
    const native = await type("native.ts");
    const [, address = ""] = await native.says(/^open (\S+)$/m);
    await page.goto(address);
    await signIn(page);
    await page.getByText("You can close this page").waitFor();
    await native.says(/^Hello Anna de Vries, invoices: \[\{"number":1/m);
    expect(await native.ended()).to.equal(0);
    const [, away = ""] = await native.says(/^sign out: (\S+)$/m);
    await page.goto(away);
    await button(page, "Sign out").click();
    await page.getByText("You are signed out").first().waitFor();
  });

  it("connects a machine: API", async () => {
    const machine = await type("machine.ts");
    await machine.says(/^200 \[\{"number":1/m);
    expect(await machine.ended()).to.equal(0);
  });

  const at = (text: string): string => text.replaceAll(/808[0-2]/g, (port) => ports[port] ?? port);

  /** Registers and starts what a block says, with the values that the registration prints. */
  async function type(file: string): Promise<Example> {
    const { register, start } = BLOCKS.find((block) => block.file === file) ?? expect.fail(`no ${file}`);
    const words = [...at(register).matchAll(/"([^"]*)"|\S+/g)].map(([word, quoted]) => quoted ?? word);
    expect(words.splice(0, 2)).to.deep.equal(["npx", "vestibule"]);
    const { code, out, error } = await runProgram(environment, words);
    expect([code, error], register).to.deep.equal([0, ""]);
    const [, id = ""] = /Client id\s+(\S+)/.exec(out) ?? [];
    const [, secret = ""] = /Client secret\s+(\S+)/.exec(out) ?? [];
    const filled = at(start).replace("app_…", id).replace("…", secret);
    const settings: Record<string, string> = {};
    for (const [, name = "", value = ""] of filled.matchAll(/([A-Z_]+)=(\S+)/g)) {
      settings[name] = value;
    }
    const example = startExample(file, { ...portsOf(file), ISSUER: issuer(), ...settings });
    started.push(example);
    return example;
  }

  const issuer = () => `http://localhost:${String(environment["PORT"])}`;

  /** What the defaults of the programs are, but for the ports. */
  function portsOf(file: string): Record<string, string> {
    const own: Readonly<Record<string, string>> = {
      "web.ts": "8080",
      "resource-server.ts": "8081",
      "single-page/serve.ts": "8082",
    };
    return {
      ...(own[file] === undefined ? {} : { PORT: at(own[file]) }),
      API: at("http://localhost:8081/invoices"),
      ORIGIN: at("http://localhost:8082"),
    };
  }

  async function signIn(page: Page): Promise<void> {
    const [, password = ""] = /password (\S+), and one of/.exec(server.said()) ?? [];
    await page.getByLabel("Username").waitFor();
    await sendIn(page, { officeCode: "PLAIN", username: "anna", password });
  }
});
