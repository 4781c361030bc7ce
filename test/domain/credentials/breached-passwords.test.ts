import { readdirSync, readFileSync } from "node:fs";
import { expect } from "chai";
import { pino } from "pino";
import { BreachedPasswords } from "../../../src/domain/credentials/breached-passwords.ts";
import { outgoingFetch } from "../../../src/protocol/clients/outgoing-fetch.ts";
import { sha1, useRangeService } from "../../support/range-service.ts";

const KNOWN = "quarrel-biscuit-lantern-7";
const UNKNOWN = "copper-anchor-violin-63";

describe("T135 passwords of known breaches", () => {
  const service = useRangeService();
  const lines: string[] = [];
  const log = pino({ level: "trace" }, { write: (line: string) => lines.push(line) });
  const askingAt = (url: string) =>
    new BreachedPasswords({ url, log, fetch: outgoingFetch(["127.0.0.1"], { maxBytes: 1024 * 1024 }) });
  const asking = () => askingAt(service.url);
  beforeEach(() => {
    lines.splice(0);
    service.requests.splice(0);
    service.add(KNOWN, 3);
  });
  afterEach(() => {
    service.answer(null);
  });

  it("T135 are known by a question that only five characters of the hash leave with", async () => {
    expect([await asking().has(KNOWN), await asking().has(UNKNOWN)]).to.deep.equal([true, false]);
    expect(service.requests.map(({ path }) => path)).to.deep.equal(
      [KNOWN, UNKNOWN].map((password) => `/range/${sha1(password).slice(0, 5)}`),
    );
    for (const { headers } of service.requests) {
      expect(headers["add-padding"]).to.equal("true");
      expect(headers["user-agent"]).to.equal("Vestibule");
    }
    expect(lines).to.deep.equal([]);
  });

  it("T135 leave nothing of password or hash in what is sent, also when the service fails", async () => {
    const wrongs = [null, (response: { destroy(): unknown }) => response.destroy()];
    for (const wrong of wrongs) {
      service.answer(wrong);
      await asking().has(KNOWN);
    }
    const written = JSON.stringify([service.requests, lines]).toLowerCase();
    expect(lines).to.have.length(1);
    for (const secret of [KNOWN, sha1(KNOWN), sha1(KNOWN).slice(5), sha1(KNOWN).slice(0, 6)]) {
      expect(written).to.not.contain(secret.toLowerCase());
    }
  });

  it("T135 are compared as they are stored: composed characters, whatever the keyboard sent", async () => {
    const password = "café crème brûlée à midi";
    service.add(password.normalize("NFC"), 1);
    expect(await asking().has(password.normalize("NFD"))).to.equal(true);
  });

  it("T135 are not what the service adds to hide the length of its answer: those have the count 0", async () => {
    service.add("padding-that-fits-by-chance", 0);
    expect(await asking().has("padding-that-fits-by-chance")).to.equal(false);
    expect(lines).to.deep.equal([]);
  });

  it("T135 are found in small letters and with other ends of line", async () => {
    service.answer((response) => response.end(`${sha1(KNOWN).slice(5).toLowerCase()}:2\n`));
    expect(await asking().has(KNOWN)).to.equal(true);
  });

  const line = (length: number) => `${"A".repeat(35)}:1\r\n`.repeat(length);
  const faults: readonly [string, Parameters<typeof service.answer>[0], RegExp][] = [
    ["says 500", (response) => response.writeHead(500).end(line(1)), /status 500/],
    ["says that there are too many questions", (response) => response.writeHead(429).end("slow down"), /429/],
    [
      "sends elsewhere",
      (response) => response.writeHead(302, { location: "https://evil.example/" }).end(),
      /leads elsewhere/,
    ],
    ["answers with a page", (response) => response.end("<html>Sign in to the network</html>"), /not a list/],
    ["answers with JSON", (response) => response.end('{"found":true}'), /not a list/],
    ["answers with nothing", (response) => response.end(), /not a list/],
    [
      "mixes a wrong line in",
      (response) => response.end(`${sha1(KNOWN).slice(5)}:3\r\nno line`),
      /not a list/,
    ],
    ["answers with more than a megabyte", (response) => response.end(line(30_000)), /too long/],
    ["hangs up", (response) => response.destroy(), /./],
  ];
  for (const [what, wrong, reason] of faults) {
    it(`T135 let the password pass, and one line in the log, when the service ${what}`, async () => {
      service.answer(wrong);
      expect(await asking().has(KNOWN)).to.equal(false);
      expect(lines).to.have.length(1);
      expect(lines[0]).to.contain("could not be compared with known breaches");
      expect(await asking().check()).to.match(reason);
    });
  }

  it("T135 let the password pass when the service says nothing in time", async () => {
    service.answer(() => undefined);
    expect(await asking().has(KNOWN)).to.equal(false);
    expect(lines).to.have.length(1);
  });

  it("T135 let the password pass when the service does not exist", async () => {
    expect(await askingAt("http://127.0.0.1:1/range").has(KNOWN)).to.equal(false);
    expect(lines).to.have.length(1);
  });

  it("T135 are looked for at every choice of a password: all of them go through one check", () => {
    const root = new URL("../../../src/", import.meta.url);
    const files = readdirSync(root, { recursive: true, encoding: "utf8" }).filter((file) =>
      file.endsWith(".ts"),
    );
    const judging = files.filter((file) =>
      /\bPasswordRules\b/.test(readFileSync(new URL(file, root), "utf8")),
    );
    expect(judging.sort()).to.deep.equal([
      "domain/credentials/new-password-check.ts",
      "domain/credentials/password-rules.ts",
      "server/wiring/dependencies.ts",
      "server/wiring/services.ts",
    ]);
  });

  it("take a range of ten thousand for an answer, which is ten times what the service has today", async () => {
    service.answer((response) => response.end(`${line(10_000)}${sha1(KNOWN).slice(5)}:3`));
    expect(await asking().has(KNOWN)).to.equal(true);
    expect(await asking().check()).to.equal(null);
  });
});
