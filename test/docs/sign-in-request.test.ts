import { existsSync, readFileSync } from "node:fs";
import { Session } from "node:inspector/promises";
import { fileURLToPath } from "node:url";
import { expect } from "chai";
import type { Page } from "../support/http-browser.ts";
import { openSignIn, redeem, sendPassword } from "../support/relying-party.ts";
import { useVestibule } from "../support/use-vestibule.ts";

const ROOT = new URL("../../", import.meta.url);
const read = (path: string) => readFileSync(fileURLToPath(new URL(path, ROOT)), "utf8");

interface Entry {
  readonly number: number;
  readonly file: string;
  readonly text: string;
}

const entriesOf = (part: string): Entry[] =>
  part
    .split(/^### /m)
    .slice(1)
    .map((text) => {
      const [, number, file = ""] = /^(\d+)\. \[`(.+?)`\]/.exec(text) ?? [];
      return { number: Number(number), file, text };
    });

describe("docs/sign-in-request.md", () => {
  const text = read("docs/sign-in-request.md");
  const [, password = "", resume = "", token = ""] = text.split(/^## /m);
  const entries = entriesOf(text);

  it("numbers its files in order, and names none that does not exist", () => {
    expect(entries).to.have.length.within(8, 12);
    expect(entries.map(({ number }) => number)).to.deep.equal(entries.map((_entry, index) => index + 1));
    const named = [...text.matchAll(/`(src\/[^`]+)`/g)].map(([, path]) => path ?? "");
    expect(named).to.have.length.above(10);
    named.forEach((path) => expect(existsSync(new URL(path, ROOT)), path).to.equal(true));
  });

  it("leads from each file to the next by a call that is there, of a function that the next file has", () => {
    const calls = entriesOf(password).flatMap(({ text: about }, place) => {
      const call = /\*\*Then:\*\* `(.+?)` calls `([\w.]*?)(\w+)\(`/.exec(about);
      const [, caller = "", receiver = "", name = ""] = call ?? [];
      return call === null ? [] : [{ caller, receiver, name, callee: entries[place + 1]?.file ?? "" }];
    });
    expect(calls).to.have.length(entriesOf(password).length - 1);
    for (const { caller, receiver, name, callee } of calls) {
      expect(read(caller), caller).to.contain(`${receiver}${name}(`);
      expect(read(callee), callee).to.match(
        new RegExp(`^ *(export )?(async )?(function |const )?${name}\\b *[(:=<]`, "m"),
      );
    }
  });

  describe("in a running server", () => {
    const vestibule = useVestibule({
      office: { code: "NOORD" },
      user: { username: "sanne" },
      application: {},
    });
    const session = new Session();
    const ran = { password: new Set<string>(), resume: new Set<string>(), token: new Set<string>() };
    const answers: Page[] = [];

    before(async () => {
      session.connect();
      await session.post("Profiler.enable");
      await session.post("Profiler.startPreciseCoverage", { callCount: true });
      const browser = vestibule.browser();
      const request = vestibule.request();
      const page = await openSignIn(browser, request);
      const { username, password: typed } = vestibule.user;

      await filesThatRan(session);
      answers.push(await sendPassword(browser, page, { officeCode: "NOORD", username, password: typed }));
      ran.password = await filesThatRan(session);
      answers.push(await browser.get(answers[0]?.location ?? ""));
      ran.resume = await filesThatRan(session);
      const redirect = new URL(answers[1]?.location ?? "");
      const { status } = await redeem(browser, vestibule.application, { redirect, request });
      expect(status).to.equal(200);
      ran.token = await filesThatRan(session);
    });
    after(() => {
      session.disconnect();
    });

    it("redirects as the document says", () => {
      expect(answers.map(({ status }) => status)).to.deep.equal([303, 303]);
      expect(answers[0]?.location).to.match(new RegExp(`^${vestibule.issuer}/authorize/[\\w-]+$`));
      expect([...new URL(answers[1]?.location ?? "").searchParams.keys()].sort()).to.deep.equal([
        "code",
        "iss",
        "state",
      ]);
    });

    it("runs each file in the request that it is listed under", () => {
      const listed = (part: string) => entriesOf(part).map(({ file }) => file);
      expect([...ran.password]).to.include.members(listed(password));
      expect([...ran.resume]).to.include.members(listed(resume));
      expect([...ran.token]).to.include.members(listed(token));
    });

    it("would notice a file that is listed under the wrong request", () => {
      expect([...ran.token]).to.not.include("src/screens/sign-in/finish.ts");
      expect([...ran.password]).to.not.include("src/protocol/find-account.ts");
    });
  });
});

/** Files of `src/` of which a function was called since the last time. */
async function filesThatRan(session: Session): Promise<Set<string>> {
  const { result } = await session.post("Profiler.takePreciseCoverage");
  return new Set(
    result
      .filter(({ functions }) => functions.some(({ ranges }) => (ranges[0]?.count ?? 0) > 0))
      .map(({ url }) => url)
      .filter((url) => url.startsWith(`${ROOT.href}src/`))
      .map((url) => url.slice(ROOT.href.length)),
  );
}
