import { spawn } from "node:child_process";
import { once } from "node:events";
import { expect } from "chai";
import { eventually } from "../support/eventually.ts";
import { withSeals } from "../support/audit-rows.ts";
import { asOwner } from "../support/database.ts";
import { useInstallation } from "./installation.ts";

describe("audit export of every office", function () {
  this.timeout(60_000);
  const here = useInstallation();

  before(async () => {
    await here.run(["office", "add", "NOORD", "--name", "Noord"]);
    await here.run(["office", "add", "ZUID", "--name", "Zuid"]);
    await asOwner(
      here.database,
      withSeals(`insert into audit_events (home, at, office_id, type, outcome, actor)
       select home_of(id), at, id, 'code.blocked', 'alarm', 'visitor' from offices,
         unnest(array['2026-03-01T08:00:00Z', '2026-03-01T09:00:00Z']::timestamptz[]) at where code <> 'PLATFORM'`),
    );
  });

  const linesOf = (out: string) =>
    out
      .trimEnd()
      .split("\n")
      .filter((line) => line !== "")
      .map(
        (line) => JSON.parse(line) as { type: string; outcome: string; at: string; officeId: string | null },
      );

  it("takes an outcome and a moment with its zone, and the log records it once", async () => {
    const { code, out } = await here.run([
      ...["audit", "export", "--all-offices", "--outcome", "alarm", "--since", "2026-03-01T09:30:00+01:00"],
    ]);
    expect(code).to.equal(0);
    const events = linesOf(out);
    expect(events.map(({ at }) => at)).to.deep.equal(
      Array.from({ length: 2 }, () => "2026-03-01T09:00:00.000000Z"),
    );
    expect(new Set(events.map(({ officeId }) => officeId)).size).to.equal(2);
    const recorded = await asOwner<{ office_id: string | null; details: object }>(
      here.database,
      "select office_id, details from audit_events where type = 'audit.exported'",
    );
    expect(recorded).to.have.length(1);
    expect(recorded[0]?.office_id).to.equal(null);
    expect(recorded[0]?.details).to.include({ events: 2, allOffices: true, outcome: "alarm" });
  });

  it("names what it cannot take", async () => {
    const run = async (...words: string[]) => (await here.run(["audit", "export", ...words])).error;
    expect(await run("--all-offices", "--since", "2026-03-01", "--outcome", "bad"))
      .to.contain("--since: must be a time with its zone")
      .and.contain("--outcome: must be ok, refused or alarm");
    expect(await run("--all-offices", "--office", "NOORD")).to.contain("Give --office or --platform");
    expect(await run("--platform", "--from", "2026-03-01", "--since", "2026-03-01T08:00:00Z")).to.contain(
      "Give --from or --since",
    );
  });

  it("follows until Ctrl-C, and ends well", async () => {
    const child = spawn(
      process.execPath,
      ["bin/vestibule.js", "audit", "export", "--all-offices", "--outcome", "alarm", "--follow"],
      { env: { PATH: process.env["PATH"], ...here.environment }, stdio: ["ignore", "pipe", "inherit"] },
    );
    let out = "";
    child.stdout.on("data", (text: Buffer) => {
      out += text.toString();
    });
    const seen = () => Promise.resolve(out.endsWith("\n") ? linesOf(out).length : 0);
    await eventually(seen, (count) => count === 4);
    await asOwner(
      here.database,
      withSeals(
        "insert into audit_events (home, at, type, outcome, actor) values (0, now(), 'token.reused', 'alarm', 'visitor')",
      ),
    );
    await eventually(seen, (count) => count === 5);
    expect(linesOf(out).at(-1)?.type).to.equal("token.reused");
    child.kill("SIGINT");
    const [code] = (await once(child, "exit")) as [number];
    expect(code).to.equal(0);
  });
});
