import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect } from "chai";
import { useRangeService } from "../support/range-service.ts";
import { runProgram, useInstallation } from "./installation.ts";

describe("the doctor and new passwords", function () {
  this.timeout(60_000);
  const service = useRangeService();
  const here = useInstallation();
  afterEach(() => {
    service.answer(null);
  });

  const doctor = async (settings: Readonly<Record<string, string>>) => {
    const { out, code } = await runProgram({ ...here.environment, ...settings }, ["doctor"]);
    return { code, lines: out.split("\n").filter((line) => line.includes("New passwords")) };
  };
  const asking = () => ({ VESTIBULE_BREACHED_PASSWORDS: service.url });
  const listing = (file: string) => ({ VESTIBULE_FORBIDDEN_PASSWORDS: file });

  it("says nothing where nothing is set, and asks nobody", async () => {
    expect((await doctor({})).lines).to.deep.equal([]);
    expect(service.requests).to.deep.equal([]);
  });

  it("T135 says that the service answers, which hears no password", async () => {
    expect((await doctor(asking())).lines.join()).to.match(/^ok .*127\.0\.0\.1, which answers/);
    expect(service.requests.map(({ path }) => path)).to.deep.equal(["/range/00000"]);
  });

  it("T135 warns when the service does not answer, or answers something else", async () => {
    service.answer((response) => response.writeHead(503).end());
    const refused = await doctor(asking());
    expect(refused.lines.join()).to.match(/^warn .*because of 127\.0\.0\.1: the answer has status 503/);
    service.answer((response) => response.end("<html>"));
    expect((await doctor(asking())).lines.join()).to.match(/^warn .*not a list of hashes/);
    const nowhere = await doctor({ VESTIBULE_BREACHED_PASSWORDS: "http://127.0.0.1:1/range" });
    expect(nowhere.lines.join()).to.match(/^warn .*because of 127\.0\.0\.1: /);
  });

  it("says whether the operator's own list can be read", async () => {
    const file = join(here.directory, "forbidden.txt");
    const missing = await doctor(listing(file));
    expect([missing.code, missing.lines.join()]).to.deep.equal([
      1,
      `fail  New passwords     VESTIBULE_FORBIDDEN_PASSWORDS: ${file} does not exist.`,
    ]);
    writeFileSync(file, "zeven-theepotten-in-noord\n");
    expect((await doctor(listing(file))).lines.join()).to.match(/^ok .*forbidden\.txt/);
  });
});
