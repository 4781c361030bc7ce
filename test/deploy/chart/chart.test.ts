import { Ajv } from "ajv";
import { expect } from "chai";
import { spawnSync } from "node:child_process";
import { readFileSync, realpathSync } from "node:fs";
import { join, resolve } from "node:path";
import { parse } from "yaml";
import { NOT_VALUES } from "../../../scripts/chart-schema.ts";
import { fileSettingOf } from "../../../src/server/settings/secret-files.ts";
import { settingsTable } from "../../../src/server/settings/settings-table.ts";
import type { Setting } from "../../../src/server/settings/setting.ts";
import { blockOf, OPERATIONS } from "../../support/document.ts";
import { RULES } from "../../support/monitoring-files.ts";
import { faultsOfTypes, requireValid } from "./kubernetes-faults.ts";
import {
  CHART,
  digestOf,
  type Manifest,
  README,
  rendered,
  renderedFile,
  SETS_OF_VALUES,
  templateText,
} from "./chart.ts";

const SETS = Object.keys(SETS_OF_VALUES);
const table: readonly Setting[] = settingsTable;

const read = (name: string) => readFileSync(join(CHART, name), "utf8");

describe("the Helm chart", function () {
  this.timeout(60_000);

  it("was rendered after its last change", () => {
    for (const set of SETS) {
      const digest = /^# digest: (\w+)$/m.exec(readFileSync(renderedFile(set), "utf8"))?.[1];
      expect(digest, `${set}: type "node test/deploy/chart/render.ts", which needs helm`).to.equal(
        digestOf(set),
      );
    }
  });

  it("is what helm makes of it, where there is helm", function () {
    if (spawnSync("helm", ["version"]).status !== 0) {
      console.error("helm is not installed: this test is pending.");
      this.skip();
    }
    for (const set of SETS) {
      const asked = { input: SETS_OF_VALUES[set], encoding: "utf8" } as const;
      const lint = spawnSync("helm", ["lint", "--strict", CHART, "--values", "-"], asked);
      expect(lint.status, `${set}: ${lint.stdout}${lint.stderr}`).to.equal(0);
    }
  });

  it("makes objects that Kubernetes takes, without a field that it does not know", async () => {
    const manifests = SETS.flatMap(rendered);
    expect(manifests).to.have.length.above(20);
    for (const manifest of manifests) {
      await requireValid(manifest);
    }
    const misspelt = { ...manifests[0], spec: { ...manifests[0]?.spec, minReadySecond: 1 } } as Manifest;
    const faults = faultsOfTypes([...manifests, misspelt]);
    expect(faults, faults.join("\n")).to.have.length(1);
    expect(faults[0]).to.contain("minReadySecond");
  });

  it("takes the values that are rendered, and refuses what is misspelt and what is a secret", () => {
    const accepts = new Ajv({ strictTypes: false, allowUnionTypes: true }).compile(
      JSON.parse(read("values.schema.json")) as object,
    );
    for (const set of SETS) {
      expect(accepts(parse(SETS_OF_VALUES[set] ?? "")), `${set}: ${JSON.stringify(accepts.errors)}`).to.equal(
        true,
      );
    }
    expect(accepts(parse(read("values.yaml"))), JSON.stringify(accepts.errors)).to.equal(true);
    for (const wrong of [
      { servers: {} },
      { server: { replica: 2 } },
      { settings: { VESTIBULE_SMTP_PASSWORD: "secret" } },
      { settings: { VESTIBULE_NO_SUCH_SETTING: "1" } },
      { settings: { VESTIBULE_PROCESSES: 1 } },
      { secretSettings: { VESTIBULE_SMTP_PASSWORD: "secret" } },
      { issuer: "http://id.example.com" },
    ]) {
      expect(accepts(wrong), JSON.stringify(wrong)).to.equal(false);
    }
  });

  it("has a value in values.yaml for each property of the schema, and gives it to a template", () => {
    const { properties } = JSON.parse(read("values.schema.json")) as {
      properties: Record<string, { properties?: object }>;
    };
    const values = parse(read("values.yaml")) as Record<string, object>;
    expect(Object.keys(values)).to.have.members(Object.keys(properties).filter((name) => name !== "global"));
    const texts = ["_helpers.tpl", "server.yaml", "worker.yaml", "migration.yaml", "ways-in.yaml"]
      .concat("network-policy.yaml", "monitoring.yaml")
      .map(templateText)
      .join("");
    for (const [name, { properties: own = {} }] of Object.entries(properties)) {
      const inner = ["settings", "secretSettings"].includes(name) ? [] : Object.keys(own);
      if (inner.length > 0) {
        expect(Object.keys(values[name] ?? {}), name).to.have.members(inner);
      }
      for (const word of name === "global" ? [] : [name, ...inner]) {
        expect(texts, word).to.match(new RegExp(`\\.${word}\\b`));
      }
    }
  });

  it("offers every setting, but for those that it makes itself", () => {
    const names = table.map(({ name }) => name);
    expect(names).to.include.members([...NOT_VALUES]);
    const { properties } = JSON.parse(read("values.schema.json")) as {
      properties: Record<"settings" | "secretSettings", { properties: object }>;
    };
    const offered = [properties.settings, properties.secretSettings].flatMap((one) =>
      Object.keys(one.properties),
    );
    expect([...offered, ...NOT_VALUES]).to.have.members(names);
  });

  it("has the version of the program", () => {
    const { version } = JSON.parse(readFileSync("package.json", "utf8")) as { version: string };
    expect(parse(read("Chart.yaml"))).to.include({ version, appVersion: version });
  });

  it("has the alert rules from where they are, once", () => {
    expect(realpathSync(join(CHART, "files/rules.yml"))).to.equal(resolve(RULES));
    expect(templateText("monitoring.yaml")).to.contain('.Files.Get "files/rules.yml" | fromYaml | toYaml');
  });

  it("names in its own text settings that there are", () => {
    const known = table.flatMap(({ name, secret }) => [
      name,
      ...(secret === undefined ? [] : [fileSettingOf(name)]),
    ]);
    const texts = [README, read("values.yaml"), templateText("_helpers.tpl"), templateText("server.yaml")];
    const named = texts.flatMap((text) => text.match(/\b(?:VESTIBULE|DATABASE)_[A-Z_]*[A-Z]\b/g) ?? []);
    expect(named).to.have.length.above(10);
    expect(known).to.include.members(named);
  });

  it("leads to a database with the roles of docs/operations.md", () => {
    const { spec } = parse(blockOf(README, "cluster")) as {
      spec: {
        bootstrap: { initdb: { database: string; owner: string; postInitSQL: string[]; encoding: string } };
        managed: { roles: readonly { name: string; inRoles: readonly string[] }[] };
      };
    };
    const { initdb } = spec.bootstrap;
    const wanted = blockOf(OPERATIONS, "roles");
    const made = [...wanted.matchAll(/^create role (\w+)/gm)].map(([, role]) => role);
    const managed = spec.managed.roles.map(({ name }) => name);
    const withoutLogin = initdb.postInitSQL.map((statement) => statement.replace("create role ", ""));
    expect([...withoutLogin, initdb.owner, ...managed]).to.have.members(made);
    for (const { name, inRoles } of spec.managed.roles) {
      expect(wanted).to.contain(`grant ${inRoles.join()} to ${name};`);
    }
    expect(wanted).to.contain(`create database ${initdb.database} owner ${initdb.owner}`);
    expect(wanted).to.contain(`encoding '${initdb.encoding}' locale 'C.UTF-8'`);
  });
});
