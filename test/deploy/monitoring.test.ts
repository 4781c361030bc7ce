import { expect } from "chai";
import { spawnSync } from "node:child_process";
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { stringify } from "yaml";
import { METRICS } from "../../src/server/metrics/catalogue.ts";
import type { Metric } from "../../src/server/metrics/metric.ts";
import {
  alerts,
  groupedBy,
  namedIn,
  panelQueries,
  queries,
  RULES,
  type Named,
} from "../support/monitoring-files.ts";

const table: Readonly<Record<string, Metric>> = METRICS;
const metricOf = (name: string): Metric | undefined =>
  table[name] ?? table[name.replace(/_(bucket|sum|count)$/, "")];

/** What Prometheus itself adds to every series. */
const OF_PROMETHEUS = ["job", "instance"];

function requireKnown(where: string, { name, asked }: Named): void {
  const metric = metricOf(name);
  expect(metric, `${where}: ${name}`).not.to.equal(undefined);
  for (const [label, value] of asked.filter(([one]) => !OF_PROMETHEUS.includes(one))) {
    const values = metric?.labels?.[label];
    expect(values, `${where}: ${name} ${label}`).not.to.equal(undefined);
    expect(Array.isArray(values) ? values : [value], `${where}: ${name} ${label}`).to.include(value);
  }
}

/** Of Debian's package "prometheus"; without it the test is pending. */
function promtoolOrSkip(test: Mocha.Context): string {
  const found = (process.env["PATH"] ?? "")
    .split(":")
    .map((folder) => join(folder, "promtool"))
    .find(existsSync);
  return found ?? test.skip();
}

describe("the alert rules and the dashboard", () => {
  const folder = mkdtempSync(join(tmpdir(), "rules-"));
  after(() => {
    rmSync(folder, { recursive: true });
  });
  const put = (name: string, text: string): string => {
    const file = join(folder, name);
    writeFileSync(file, text);
    return file;
  };

  it("name only metrics that there are, with labels and values that these have", () => {
    expect(queries).to.have.length.above(60);
    for (const { where, expr } of queries) {
      const named = namedIn(expr);
      expect(named, where).not.to.deep.equal([]);
      named.forEach((one) => {
        requireKnown(where, one);
      });
      const labels = named.flatMap(({ name }) => Object.keys(metricOf(name)?.labels ?? {}));
      expect([...labels, ...OF_PROMETHEUS, "le"], where).to.include.members(groupedBy(expr));
    }
  });

  it("show every metric that there is", () => {
    const shown = panelQueries.flatMap(({ expr }) => namedIn(expr).map(({ name }) => metricOf(name)));
    const missing = Object.keys(table).filter((name) => !shown.includes(table[name]));
    expect(missing).to.deep.equal([]);
  });

  it("have a runbook for each alert, and no other one", () => {
    const pages = alerts.map(({ annotations }) => annotations.runbook);
    const files = readdirSync("docs/runbooks")
      .filter((file) => file !== "README.md")
      .map((file) => `docs/runbooks/${file}`);
    expect(pages).to.have.members(files);
    const index = readFileSync("docs/runbooks/README.md", "utf8");
    for (const { alert, annotations } of alerts) {
      const page = readFileSync(annotations.runbook, "utf8");
      expect(page, alert).to.contain(`Alert: \`${alert}\`.`).and.to.contain("## What to do");
      expect(index).to.contain(`[${alert}](${annotations.runbook.replace("docs/runbooks/", "")})`);
    }
  });

  it("have panels that the runbooks name", () => {
    const titles = panelQueries.map(({ where }) => where);
    const named = readdirSync("docs/runbooks").flatMap((file) =>
      [...readFileSync(`docs/runbooks/${file}`, "utf8").matchAll(/[Pp]anel _([^_]+)_/g)].map(
        ([, title = ""]) => title,
      ),
    );
    expect(named).to.have.length.above(5);
    expect(titles).to.include.members(named);
  });

  it("are read by Prometheus", function () {
    const promtool = promtoolOrSkip(this);
    const rules = panelQueries.map(({ expr }, place) => ({ record: `panel:${String(place)}`, expr }));
    const panels = put("panels.yml", stringify({ groups: [{ name: "panels", rules }] }));
    const checked = spawnSync(promtool, ["check", "rules", RULES, panels], { encoding: "utf8" });
    expect(checked.status, checked.stderr + checked.stdout).to.equal(0);
  });

  it("are silent in an ordinary hour, and fire, each of them, when all goes wrong", function () {
    const promtool = promtoolOrSkip(this);
    const series = readFileSync("test/deploy/firing.yml", "utf8")
      .replace("RULES", resolve(RULES))
      .replace("value: ALERTS", `value: ${String(alerts.length)}`);
    const tried = spawnSync(promtool, ["test", "rules", put("firing.yml", series)], { encoding: "utf8" });
    expect(tried.status, tried.stderr + tried.stdout).to.equal(0);
  });
});
