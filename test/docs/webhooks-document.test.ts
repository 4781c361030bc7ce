import { execFile } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { expect } from "chai";
import { runProgram, useInstallation, type Environment } from "../cli/installation.ts";
import { startServer, type Server } from "../cli/server.ts";
import { asOwner } from "../support/database.ts";
import { blockOf, withOwn } from "../support/document.ts";
import { eventually } from "../support/eventually.ts";
import { startProgram, type Example } from "../support/example.ts";
import { freePort } from "../support/free-port.ts";

const DOCUMENT = readFileSync(new URL("../../docs/webhooks.md", import.meta.url), "utf8");

const run = promisify(execFile);

/** A developer who types what the document says; only the ports are others, since tests run side by side. */
describe("docs/webhooks.md, followed word for word", function () {
  this.timeout(120_000);
  const here = useInstallation();
  const folder = mkdtempSync(join(tmpdir(), "receiver-"));
  let environment: Environment;
  let server: Server;
  let port: string;
  let receiver: Example | null = null;

  before(async () => {
    port = String(await freePort());
    const demo = String(await freePort());
    environment = { ...here.environment, VESTIBULE_DEMO: "yes", VESTIBULE_DEMO_PORT: demo };
    server = await startServer(environment, [], "Stop: Ctrl-C");
  });
  after(async () => {
    await receiver?.stop();
    server.child.kill("SIGINT");
    await (server.child.exitCode === null ? once(server.child, "close") : null);
    rmSync(folder, { recursive: true });
  });

  const program = async (text: string): Promise<string> => {
    const words = [...text.trim().matchAll(/"([^"]*)"|\S+/g)].map(([word, quoted]) => quoted ?? word);
    expect(words.splice(0, 2)).to.deep.equal(["npx", "vestibule"]);
    const { code, out, error } = await runProgram(environment, words);
    expect([code, error], text).to.deep.equal([0, ""]);
    return out;
  };
  const shell = async (text: string, settings: Environment): Promise<string> => {
    const { stdout } = await run("sh", ["-ec", text], { env: { PATH: process.env["PATH"], ...settings } });
    return stdout;
  };
  const issuer = () => `localhost:${String(environment["PORT"])}`;
  const block = (name: string) => withOwn(blockOf(DOCUMENT, name), { "localhost:3000": issuer() });

  it("adds a webhook, verifies its signature, tests it and gets a new user", async () => {
    const registered = await program(blockOf(DOCUMENT, "application"));
    const [, CLIENT_ID = ""] = /Client id\s+(\S+)/.exec(registered) ?? [];
    const [, CLIENT_SECRET = ""] = /Client secret\s+(\S+)/.exec(registered) ?? [];
    const offices = JSON.parse(await program("npx vestibule office list --json")) as {
      code: string;
      id: string;
    }[];
    // A webhook sends what is sealed after it was made: also a demo user that has been added just before.
    await eventually(
      () => asOwner(here.database, "select from audit_unsealed"),
      (unsealed) => unsealed.length === 0,
    );
    const OFFICE = offices.find(({ code }) => code === "PLAIN")?.id ?? "";
    const add = withOwn(block("add"), { "localhost:8090": `localhost:${port}` }).replace(
      "npx node",
      process.execPath,
    );
    const answer = await shell(`${add}\necho; echo "$TOKEN"`, { CLIENT_ID, CLIENT_SECRET, OFFICE });
    const [json = "", TOKEN = ""] = answer.trim().split("\n");
    const made = JSON.parse(json) as { id: string; secret: string };
    const own = { TOKEN, OFFICE, WEBHOOK: made.id };

    const file = join(folder, "receiver.mjs");
    writeFileSync(file, withOwn(blockOf(DOCUMENT, "receiver"), { "listen(8090": `listen(${port}` }));
    expect(blockOf(DOCUMENT, "start").trim()).to.equal("WEBHOOK_SECRET=whsec_… npx node receiver.mjs");
    receiver = startProgram([process.execPath, file], { WEBHOOK_SECRET: made.secret });
    await receiver.says(/^listening/m);

    await shell(block("test"), own);
    await receiver.says(/^webhook\.test null$/m);
    await program('npx vestibule user add ines --office PLAIN --name "Ines Smit" --mail ines@mail.example');
    await receiver.says(/^user\.added [0-9a-f-]{36}$/m);
    const { items } = JSON.parse(await shell(block("deliveries"), own)) as { items: { type: string }[] };
    expect(items.map(({ type }) => type)).to.have.members(["user.added", "webhook.test"]);
    const forged = await fetch(`http://localhost:${port}/`, { method: "POST", body: "{}" });
    expect(forged.status, "without a signature").to.equal(401);
  });
});
