/**
 * Renders the chart with helm and writes what test/deploy/chart.test.ts reads. Typed by hand after a change of the chart:
 * `node test/deploy/chart/render.ts`. Helm is in no package of npm or Debian (decision 0099).
 */
import { execFileSync } from "node:child_process";
import { readFileSync, writeFileSync } from "node:fs";
import { isDeepStrictEqual } from "node:util";
import { parse, stringify } from "yaml";
import { RULES } from "../../support/monitoring-files.ts";
import { CHART, digestOf, manifestsOf, renderedFile, SETS_OF_VALUES, YAML_OF_KUBERNETES } from "./chart.ts";

const helm = (args: readonly string[], input = "") =>
  execFileSync("helm", args, { input, encoding: "utf8", stdio: ["pipe", "pipe", "inherit"] });

const version = helm(["version", "--template", "{{ .Version }}"]).trim();
const rules: unknown = parse(readFileSync(RULES, "utf8"));

for (const [set, values] of Object.entries(SETS_OF_VALUES)) {
  helm(["lint", "--strict", CHART, "--values", "-"], values);
  const text = helm(
    ["template", "vestibule", CHART, "--namespace", "vestibule", "--values", "-", "--kube-version", "1.34.0"],
    values,
  );
  const manifests = manifestsOf(text).map((manifest) => {
    if (manifest.kind !== "PrometheusRule") {
      return manifest;
    }
    if (!isDeepStrictEqual(manifest.spec, rules)) {
      throw new Error(`The PrometheusRule is not ${RULES}.`);
    }
    // A change of the rules needs no helm.
    return { ...manifest, spec: { groups: [] } };
  });
  const head = `# Rendered by helm ${version}; test/deploy/chart/render.ts writes it.\n# digest: ${digestOf(set)}\n`;
  writeFileSync(
    renderedFile(set),
    head + manifests.map((manifest) => `---\n${stringify(manifest, YAML_OF_KUBERNETES)}`).join(""),
  );
  console.log(`${renderedFile(set)}: ${String(manifests.length)} objects.`);
}
