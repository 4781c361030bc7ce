import { execFile } from "node:child_process";
import { readFileSync } from "node:fs";
import { promisify } from "node:util";
import { expect } from "chai";
import { asOwner } from "../support/database.ts";
import { scimToken } from "../support/scim-client.ts";
import { useVestibule } from "../support/use-vestibule.ts";

const run = promisify(execFile);
const ISSUER = "https://id.example.com";

/** Each command of the document, over as many lines as it has. */
function commands(): readonly string[] {
  const document = readFileSync(new URL("../../docs/scim.md", import.meta.url), "utf8");
  const [, block = ""] = /```sh\n([\s\S]+?)```/.exec(document) ?? [];
  return block.split(/\n(?=curl )/).filter((each) => each.trim() !== "");
}

const hasCurl = (): Promise<boolean> =>
  run("curl", ["--version"]).then(
    () => true,
    () => false,
  );

describe("docs/scim.md", () => {
  const world = useVestibule({ office: {} });

  before(async function () {
    if (!(await hasCurl())) {
      this.skip();
    }
  });

  it("has commands that work as they are written, one after the other", async () => {
    const env = { ...process.env, TOKEN: await scimToken(world, world.office), ID: "" };
    const answers: Record<string, unknown>[] = [];
    for (const command of commands()) {
      const own = command
        .replaceAll(ISSUER, world.issuer)
        .replace(/^curl /, "curl --silent --fail-with-body ");
      const { stdout } = await run("sh", ["-c", own], { env });
      const answer = (stdout === "" ? {} : JSON.parse(stdout)) as Record<string, unknown>;
      env.ID = env.ID === "" && typeof answer["id"] === "string" ? answer["id"] : env.ID;
      answers.push(answer);
    }
    const [config, added, found, disabled, ...others] = answers;
    expect(config).to.deep.include({ patch: { supported: true } });
    expect(added).to.include({ userName: "ines", externalId: "e-1001", active: true });
    expect(found).to.include({ totalResults: 1 });
    expect(disabled).to.include({ active: false });
    expect(others).to.deep.equal([{}, {}]);
    const events = await asOwner<{ type: string }>(
      world.database,
      "select type from audit_events where office_id = $1 and actor = 'scim' order by id",
      [world.office.id],
    );
    expect(events.map(({ type }) => type)).to.include.members([
      ...["user.added", "user.disabled", "user.role-changed", "user.deleted"],
    ]);
  });
});
