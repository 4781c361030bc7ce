import { once } from "node:events";
import { expect } from "chai";
import { asOwner } from "../support/database.ts";
import { eventually } from "../support/eventually.ts";
import { startProgram, useInstallation } from "./installation.ts";

const IMPORT = ["user", "import", "--office", "NOORD"];

describe("users by file on the command line", () => {
  const here = useInstallation();

  before(async function () {
    this.timeout(120_000);
    await here.ask(["office", "add", "NOORD", "--name", "Noord & Zonen"]);
  });

  const usernames = async () => {
    const rows = await asOwner<{ username: string }>(
      here.database,
      "select username from users order by username",
    );
    return rows.map(({ username }) => username);
  };

  it("are judged by a dry run that adds nobody", async () => {
    const good = await here.run([...IMPORT, "--dry-run"], "username,name\njan,Jan\n");
    expect(good).to.include({ code: 0 });
    expect(good.out).to.contain("1 user would be added");
    const bad = await here.run([...IMPORT, "--dry-run"], "username,name,role\njan,Jan,boss\n");
    expect(bad.code).to.equal(1);
    expect(bad.out).to.match(/2 +jan +The role must be/);
    expect(await usernames()).to.deep.equal([]);
  });

  it("are refused as a whole for a column that nobody takes, with its name", async () => {
    const { code, error } = await here.run(IMPORT, "username,name,password_salt\njan,Jan,x\n");
    expect(code).to.equal(1);
    expect(error).to.contain('Line 1: Unknown columns: "password salt"');
  });

  it("are added, invited, and printed again", async () => {
    const file = "username,name,mail\njan,Jan,jan@noord.example\npiet,Piet,\n";
    expect(await here.ask([...IMPORT, "--invite"], file)).to.deep.equal({ added: 2, invites: true });
    const { out } = await here.run(["user", "export", "--office", "NOORD"]);
    expect(out.split("\r\n")[1]).to.match(/^"jan","Jan","jan@noord\.example"/);
    await asOwner(here.database, "delete from users");
  });

  it("are all there or none, when the program is killed in the middle of adding them", async function () {
    this.timeout(240_000);
    const rows = Array.from({ length: 30_000 }, (_, number) => `user${String(number)},User`);
    const program = startProgram(here.environment, IMPORT);
    program.stdin?.on("error", () => undefined);
    program.stdin?.end(`username,name\n${rows.join("\n")}\n`);
    const closed = once(program, "close");
    const begun = async () => {
      const [run] = await asOwner<{ added: number }>(
        here.database,
        "select added from import_runs where state = 'checked' and added > 0",
      );
      return run !== undefined;
    };
    const isOver = () => program.exitCode !== null;
    await eventually(begun, (is) => is || isOver(), { seconds: 60 });
    expect(program.exitCode, "the program was too fast for this test").to.equal(null);
    program.kill("SIGKILL");
    await closed;
    expect(await usernames()).to.deep.equal([]);
    const [run] = await asOwner(
      here.database,
      "select id, state from import_runs order by made_at desc limit 1",
    );
    expect(run).to.include({ state: "checked" });
    const small = await here.ask(IMPORT, "username,name\njan,Jan\n");
    expect(small).to.deep.equal({ added: 1, invites: false });
    expect(await usernames()).to.deep.equal(["jan"]);
  });
});
