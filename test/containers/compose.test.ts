import { execFile } from "node:child_process";
import { chmodSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { expect } from "chai";
import { parse } from "yaml";
import { z } from "zod";
import { readSettings } from "../../src/server/settings/settings.ts";
import { runProgram } from "../cli/installation.ts";
import { asOwner, freshDatabase } from "../support/database.ts";
import { pairsOf, wordsOf } from "../support/dockerfile.ts";
import { startMailStandIn } from "../support/mail-stand-in.ts";
import { PROJECT } from "../support/project-copy.ts";

const run = promisify(execFile);
const service = z.object({
  image: z.string(),
  build: z.string().optional(),
  entrypoint: z.array(z.string()).optional(),
  environment: z.record(z.string(), z.string()).default({}),
  secrets: z.array(z.string()).default([]),
  ports: z.array(z.string()).default([]),
  network_mode: z.string().optional(),
  depends_on: z.record(z.string(), z.object({ condition: z.string() })).default({}),
});
const schema = z.object({
  services: z.record(z.string(), service),
  secrets: z.record(z.string(), z.object({ file: z.string() })),
  configs: z.object({ roles: z.object({ content: z.string() }) }),
});

const PASSWORDS = { postgres: "of-the-superuser", owner: "of-the-owner", server: "of-the-server" };

describe("docker-compose.yml", function () {
  this.timeout(30_000);
  const compose = schema.parse(parse(readFileSync(join(PROJECT, "docker-compose.yml"), "utf8")));
  const { vestibule, mail, database } = compose.services;
  let directory: string;

  before(() => {
    directory = mkdtempSync(join(tmpdir(), "vestibule-compose-"));
    const contents = {
      postgres_password: PASSWORDS.postgres,
      owner_url: `postgres://vestibule_owner:${PASSWORDS.owner}@database:5432/vestibule`,
      server_url: `postgres://vestibule_server:${PASSWORDS.server}@database:5432/vestibule`,
    };
    expect(Object.keys(compose.secrets)).to.deep.equal(Object.keys(contents));
    for (const [name, content] of Object.entries(contents)) {
      expect(compose.secrets[name]?.file).to.equal(`./secrets/${name}`);
      writeFileSync(join(directory, name), `${content}\n`, { mode: 0o600 });
    }
  });
  after(() => rmSync(directory, { recursive: true, force: true }));

  /** The environment inside the container, with the files of `secrets:` in their place. */
  const environment = () => {
    const values = { ...pairsOf("ENV"), ...vestibule?.environment };
    return Object.fromEntries(
      Object.entries(values).map(([name, value]) => [
        name,
        value.replace("/run/secrets", directory).replace("/data", directory),
      ]),
    );
  };

  it("takes every image of others in one version that is named to the last digit", () => {
    for (const [name, { image, build }] of Object.entries(compose.services)) {
      expect(build === undefined ? image : "vestibule:0.0.0", name).to.match(/:v?\d+\.\d+(\.\d+)?$/);
    }
    expect(database?.image).to.match(/^postgres:18\.\d+$/);
  });

  it("gives the server settings that it accepts, with its secrets from files", () => {
    const settings = readSettings(environment());
    expect(settings.database.url?.reveal()).to.contain(`vestibule_server:${PASSWORDS.server}@database`);
    expect(settings.database.ownerUrl?.reveal()).to.contain(`vestibule_owner:${PASSWORDS.owner}@database`);
    expect(settings.issuer).to.equal("http://localhost:3000");
  });

  it("lets each service read the secret files that it names, and puts no secret into an environment", () => {
    for (const [name, { environment: values, secrets }] of Object.entries(compose.services)) {
      const files = Object.entries(values).filter(([setting]) => setting.endsWith("_FILE"));
      for (const [setting, file] of files) {
        expect(
          secrets.map((secret) => `/run/secrets/${secret}`),
          `${name} ${setting}`,
        ).to.include(file);
      }
      expect(Object.keys(values).join(), name).to.not.match(/(PASSWORD|SECRET|KEY|_URL)(,|$)(?<!SMTP_URL)/);
    }
  });

  it("really catches mail: it goes to the port where the mail catcher listens, in the network of the two", async () => {
    const { gateways, messages } = readSettings(environment());
    expect(gateways.mail).to.equal("smtp");
    expect(vestibule?.network_mode).to.equal("service:mail");
    expect(mail?.environment["MP_SMTP_BIND_ADDR"]).to.equal(
      `${messages.smtp.host}:${String(messages.smtp.port)}`,
    );
    const server = await startMailStandIn();
    const fresh = await freshDatabase();
    try {
      const { DATABASE_URL_FILE: _, VESTIBULE_DATABASE_OWNER_URL_FILE: __, ...others } = environment();
      const place = new URL(server.environment["VESTIBULE_SMTP_URL"] ?? "");
      const { code, out } = await runProgram(
        {
          ...others,
          VESTIBULE_HOST: "127.0.0.1",
          DATABASE_URL: fresh.url,
          VESTIBULE_SMTP_URL: `smtp://127.0.0.1:${place.port}`,
        },
        ["doctor", "--mail", "you@mail.example"],
      );
      expect(out, String(code)).to.match(/^ok {4}Test mail .*taken by the provider/m);
      expect(server.taken).to.have.length(1);
    } finally {
      await server.stop();
      await fresh.drop();
    }
  });

  it("opens ports for this machine alone, by the service whose network it is", () => {
    expect(mail?.ports).to.deep.equal(["127.0.0.1:8025:8025", "127.0.0.1:3000:3000"]);
    for (const [name, { ports }] of Object.entries(compose.services)) {
      expect(name === "mail" || ports.length === 0, name).to.equal(true);
    }
    expect(Object.keys(vestibule?.depends_on ?? {})).to.have.members(["database", "secrets", "mail"]);
  });

  it("makes the two roles with the passwords of the files, by a script that a shell and PostgreSQL understand", async () => {
    const psql = join(directory, "bin", "psql");
    mkdirSync(join(directory, "bin"));
    writeFileSync(psql, '#!/bin/sh\nprintf "%s\\n" "$@"\ncat\n');
    chmodSync(psql, 0o700);
    // Compose takes `$$` for a dollar sign.
    const script = compose.configs.roles.content.replaceAll("$$", "$").replaceAll("/run/secrets", directory);
    const { stdout } = await run("sh", ["-euc", script], {
      env: { PATH: `${join(directory, "bin")}:${process.env["PATH"] ?? ""}` },
    });
    expect(stdout).to.contain(`--set=owner=${PASSWORDS.owner}\n--set=server=${PASSWORDS.server}\n`);
    const sql = stdout.slice(stdout.indexOf("create role"));
    const statements = sql
      .replaceAll(/:'(\w+)'/g, "'$1'")
      .trim()
      .split("\n");
    expect(statements).to.have.length(3);
    expect(statements[2]).to.equal("create database vestibule owner vestibule_owner;");
    const fresh = await freshDatabase();
    try {
      const roles = statements.slice(0, 2).join("\n").replaceAll("role vestibule_", "role compose_");
      await asOwner(fresh, `begin;\n${roles}\nrollback;`);
    } finally {
      await fresh.drop();
    }
  });

  it("makes the secrets file once, with words of the image", () => {
    const [shell, flag, command = ""] = compose.services["secrets"]?.entrypoint ?? [];
    expect([shell, flag]).to.deep.equal(["sh", "-c"]);
    expect(command).to.equal(
      `test -f /data/secrets.json || ${wordsOf("ENTRYPOINT").join(" ")} keys init ${pairsOf("ENV")["VESTIBULE_SECRETS_FILE"] ?? ""}`,
    );
  });
});
