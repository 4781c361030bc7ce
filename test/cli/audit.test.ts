import { statSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect } from "chai";
import { asOwner } from "../support/database.ts";
import { unzip } from "../support/unzip.ts";
import { useInstallation } from "./installation.ts";

describe("audit commands", function () {
  // Each command is a process of its own.
  this.timeout(120_000);
  const here = useInstallation();

  before(async () => {
    await here.run(["office", "add", "NOORD", "--name", "Noord <b>& Zonen</b>"]);
    for (const [name, full] of [
      ["sanne", "Sanne Bakker"],
      ["joost", "=cmd()"],
    ] as const) {
      await here.run(["user", "add", name, "--office", "NOORD", "--name", full]);
    }
    await owner(
      `insert into factors (home, office_id, user_id, kind, confirmed_at)
       select home_of(office_id), office_id, id, 'totp', '2026-03-01T10:00:00Z' from users where username = 'sanne'`,
    );
    await owner("select seal_audit_events(home, chain, 1000) from unsealed_chains(1000)");
  });

  const owner = (text: string) => asOwner<Record<string, string>>(here.database, text);

  it("verify: every chain is whole, and its head is printed", async () => {
    const { code, out } = await here.run(["audit", "verify"]);
    expect(code).to.equal(0);
    expect(out).to.match(/^OFFICE +CHECKED +PRUNED +UNSEALED +HEAD +RESULT\n\(no office\) /);
    expect(out).to.match(/NOORD +3 +0 +0 +3:[0-9a-f]{64} +whole/);
  });

  it("verify: takes a head that was kept, and refuses what is none", async () => {
    const head =
      /3:[0-9a-f]{64}/.exec((await here.run(["audit", "verify", "--office", "noord"])).out)?.[0] ?? "";
    const known = (value: string) => here.run(["audit", "verify", "--office", "NOORD", "--known", value]);
    expect((await known(head)).code).to.equal(0);
    const other = await known(`2:${"ab".repeat(32)}`);
    expect(other.code).to.equal(1);
    expect(other.out).to.contain("BROKEN: the chain at position 2 is another");
    expect((await known("nonsense")).error).to.contain("--known must be");
    expect((await here.run(["audit", "verify", "--known", head])).error).to.contain(
      "--known belongs to one chain",
    );
  });

  it("export: one event a line, with its seal, and the log records it", async () => {
    const { code, out } = await here.run(["audit", "export", "--office", "NOORD", "--type", "user.added"]);
    expect(code).to.equal(0);
    const lines = out
      .trimEnd()
      .split("\n")
      .map((line) => JSON.parse(line) as Record<string, unknown>);
    expect(lines).to.have.length(2);
    expect(lines[0]).to.include({ type: "user.added", actor: "command line", position: 2 });
    expect(lines[0]?.["hash"]).to.match(/^[0-9a-f]{64}$/);
    const [event] = await owner(
      "select details ->> 'events' as events from audit_events where type = 'audit.exported'",
    );
    expect(event).to.deep.equal({ events: "2" });
  });

  it("export: takes days, and names what it cannot take", async () => {
    const office = ["audit", "export", "--office", "NOORD"];
    expect((await here.run([...office, "--to", "2020-01-01"])).out).to.equal("");
    expect((await here.run([...office, "--from", "2020-01-01", "--to", "2999-12-31"])).out).to.contain(
      "office.added",
    );
    const { code, error } = await here.run([...office, "--from", "soon", "--type", "nothing"]);
    expect(code).to.equal(1);
    expect(error).to.contain("--from: must be a day").and.to.contain("--type: must be one of");
    expect((await here.run(["audit", "export"])).error).to.contain("Give --office or --platform");
  });

  it("pack: one file for its owner alone, with a report, people and changes, and no formula", async () => {
    const file = join(here.directory, "noord.zip");
    const { code, out } = await here.run(["audit", "pack", "--office", "NOORD", "--out", file]);
    expect(code).to.equal(0);
    expect(out).to.contain("2 users").and.to.contain("The log is whole.");
    expect(statSync(file).mode & 0o077).to.equal(0);
    const files = unzip(readFileSync(file));
    expect([...files.keys()]).to.deep.equal(["people.csv", "changes.csv", "report.html"]);
    const people = files.get("people.csv");
    expect(people).to.contain('"sanne","Sanne Bakker","user","active","","2026-03-01","","","0"\r\n');
    expect(people).to.contain(`"joost","'=cmd()","user"`);
    expect(files.get("changes.csv")).to.contain('"User added","Done","command line","sanne"');
    const report = files.get("report.html") ?? "";
    expect(report).to.contain("Noord &lt;b&gt;&amp; Zonen&lt;/b&gt;").and.to.contain("1 of 2 active users");
    expect(report).to.contain("none was changed, removed, inserted or moved");
    expect(report).to.not.match(/https?:\/\/|<script|src=/);
    const again = await here.run(["audit", "pack", "--office", "NOORD", "--out", file]);
    expect([again.code, again.error.includes("is there already")]).to.deep.equal([1, true]);
  });

  it("prune: removes nothing before its time", async () => {
    expect(await here.ask(["audit", "prune"])).to.include({ pruned: 0, days: 730 });
  });

  it("verify: exit code 1 and the first broken event, once one was changed", async () => {
    await owner("update audit_events set actor = 'nobody' where type = 'user.added'");
    const { code, out } = await here.run(["audit", "verify"]);
    expect(code).to.equal(1);
    expect(out).to.match(/NOORD .* BROKEN: the event at position 2 \(event \d+\) was changed/);
  });
});
