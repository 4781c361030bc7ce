import { readFileSync } from "node:fs";
import { hostname } from "node:os";
import { expect } from "chai";
import { z } from "zod";
import { logDocument } from "../../../scripts/log-document.ts";
import { readLogLines, type LogLine } from "../../../scripts/log-lines.ts";
import { startLoggedProcess } from "../../support/logged-process.ts";
import { newBrowser } from "../../support/second-factor.ts";
import { useServices } from "../../support/use-vestibule.ts";

const schema = z.looseObject({
  level: z.string(),
  time: z.iso.datetime(),
  host: z.string(),
  pid: z.int(),
  msg: z.string(),
});
const ALWAYS = ["level", "time", "host", "pid", "msg"];

describe("the lines of the log", function () {
  this.timeout(60_000);
  const vestibule = useServices();
  let found: readonly LogLine[] = [];
  // The compiler reads all sources for them: once.
  before(() => {
    found = readLogLines();
  });
  const document = readFileSync(new URL("../../../docs/log.md", import.meta.url), "utf8");

  it("name the machine and the process, and are described with their fields in docs/log.md", async () => {
    const server = await startLoggedProcess(vestibule, { VESTIBULE_LOG_LEVEL: "info" });
    const browser = newBrowser(vestibule, server.port);
    await browser.get("/health/ready");
    await browser.get("/authorize?client_id=app_of_nobody_at_all&response_type=code");
    await server.stop();
    const lines = server
      .log()
      .split("\n")
      .filter((line) => line.startsWith("{"))
      .map((line) => schema.parse(JSON.parse(line)));
    expect(new Set(lines.map(({ msg }) => msg))).to.include.all.keys(
      "request",
      "an application's request was refused",
    );
    for (const { msg, host, pid, ...more } of lines) {
      expect([host, pid], msg).to.deep.equal([hostname(), server.pid]);
      const row = document.split("\n").find((each) => each.includes(`| \`${msg}\` |`)) ?? "";
      for (const field of Object.keys(more).filter((name) => !ALWAYS.includes(name))) {
        expect(row, msg).to.contain(`\`${field}\``);
      }
    }
  });

  it("are found with each of their texts, and with fields that come from a function", () => {
    const messages = found.map(({ message }) => message);
    expect(messages).to.include.members([
      "an application could not be notified of a sign-out",
      "an application was not notified of a sign-out, and will not be",
    ]);
    const refused = found.find(({ message }) => message === "an application's request was refused");
    expect(refused?.fields).to.include.members(["refusal", "detail", "requestId"]);
  });

  it("with the address of a visitor are named where the document speaks of personal data", () => {
    expect(logDocument(found)).to.contain("**Lines with a visitor's address:** `request` (info).");
  });
});
