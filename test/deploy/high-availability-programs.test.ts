import { expect } from "chai";
import { execFile, spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { parse } from "yaml";
import { debianCluster, debianPrograms } from "../support/cluster.ts";
import { withOwn } from "../support/document.ts";

const run = promisify(execFile);
const FOLDER = "deploy/high-availability";
const { services, configs } = parse(readFileSync(join(FOLDER, "compose.yaml"), "utf8"), { merge: true }) as {
  services: Record<string, { environment: Record<string, string> }>;
  configs: { roles: { content: string } };
};

/** Debian's own, which has its packages; another one may come first in the path. */
const PYTHON = "/usr/bin/python3";

/** Reads the configuration as Patroni does. */
const READ_PATRONI = `
import json, sys
from patroni.config import Config
config = Config(sys.argv[1], validator=None)
print(json.dumps({"name": config["name"], "restapi": config["restapi"], "postgresql": config["postgresql"]}, default=dict))
`;

describe("the programs of the compose file for high availability", function () {
  this.timeout(90_000);
  const folder = mkdtempSync(join(tmpdir(), "vestibule-ha-"));
  after(() => {
    rmSync(folder, { recursive: true });
  });

  it("T198 give Patroni its name and its passwords beside the file that all three have", async function () {
    if (spawnSync(PYTHON, ["-c", "import patroni.config"]).status !== 0) {
      console.error("patroni is not installed: this test is pending.");
      this.skip();
    }
    const passwords = {
      PATRONI_SUPERUSER_PASSWORD: "of-the-administrator",
      PATRONI_REPLICATION_PASSWORD: "of-the-standby",
      PATRONI_REWIND_PASSWORD: "of-the-rewind",
    };
    const text = readFileSync(join(FOLDER, "compose.yaml"), "utf8");
    for (const name of Object.keys(passwords)) {
      expect(text).to.contain(`export ${name}="$$(cat /run/secrets/`);
    }
    for (const name of ["db1", "db2", "db3"]) {
      const env = { PATH: process.env["PATH"], ...services[name]?.environment, ...passwords };
      const { stdout } = await run(PYTHON, ["-c", READ_PATRONI, join(FOLDER, "patroni.yml")], { env });
      const read = JSON.parse(stdout) as Record<"restapi" | "postgresql", Record<string, unknown>> & {
        name: string;
      };
      expect(read.name).to.equal(name);
      expect(read.restapi["connect_address"]).to.equal(`${name}.example.com:8008`);
      expect(read.postgresql["connect_address"]).to.equal(`${name}.example.com:5432`);
      expect(read.postgresql["authentication"]).to.deep.equal({
        superuser: { username: "postgres", password: "of-the-administrator" },
        replication: { username: "vestibule_standby", password: "of-the-standby" },
        rewind: { username: "vestibule_rewind", password: "of-the-rewind" },
      });
    }
  });

  it("make roles and database, and change nothing when they are there", async function () {
    const programs = debianPrograms();
    if (programs === null || spawnSync("psql", ["--version"]).status !== 0) {
      console.error("Debian's postgresql is not installed: this test is pending.");
      this.skip();
    }
    const cluster = await debianCluster(programs);
    try {
      const address = (role: string) =>
        `postgres://vestibule_${role}:of-the-${role}@db1.example.com/vestibule`;
      writeFileSync(join(folder, "owner_url"), address("owner"));
      writeFileSync(join(folder, "server_url"), address("server"));
      writeFileSync(join(folder, "administrator_password"), cluster.administrator.password);
      // Compose takes `$$` for a dollar sign.
      const script = withOwn(configs.roles.content, {
        $$: "$",
        "/run/secrets": folder,
        "host=id.example.com port=5000": `host=127.0.0.1 port=${String(cluster.port)}`,
        "sslmode=require": "sslmode=disable",
      });
      await run("sh", ["-c", script]);
      await run("sh", ["-c", script]);
      for (const role of ["owner", "server"]) {
        const login = { user: `vestibule_${role}`, password: `of-the-${role}` };
        const { stdout } = await run("psql", [
          cluster.url(login, "vestibule"),
          "-Atc",
          "select current_user",
        ]);
        expect(stdout).to.equal(`${login.user}\n`);
      }
      const [found] = await cluster.sql<{ owner: string; encoding: string; member: boolean }>(
        "vestibule",
        `select pg_get_userbyid(datdba) as owner, pg_encoding_to_char(encoding) as encoding,
           pg_has_role('vestibule_server', 'vestibule_app', 'member') as member
         from pg_database where datname = 'vestibule'`,
      );
      expect(found).to.deep.equal({ owner: "vestibule_owner", encoding: "UTF8", member: true });
    } finally {
      await cluster.close();
    }
  });
});
