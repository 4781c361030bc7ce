import { createHash } from "node:crypto";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { parseAllDocuments } from "yaml";
import { blockOf } from "../../support/document.ts";

export const CHART = "deploy/helm/vestibule";
const SETS = "test/deploy/chart";

export const README = readFileSync(join(CHART, "README.md"), "utf8");

/** Values by the name of what is rendered with them, as YAML. */
export const SETS_OF_VALUES: Readonly<Record<string, string>> = {
  smallest: readFileSync(join(SETS, "smallest.values.yaml"), "utf8"),
  readme: blockOf(README, "values"),
  everything: readFileSync(join(SETS, "everything.values.yaml"), "utf8"),
};

/** An object of Kubernetes, as far as every kind has it. */
export interface Manifest {
  readonly apiVersion: string;
  readonly kind: string;
  readonly metadata: { readonly name: string; readonly annotations?: Readonly<Record<string, string>> };
  readonly spec: Readonly<Record<string, unknown>>;
}

/** It reads `no` as false and 0400 as octal. */
export const YAML_OF_KUBERNETES = { version: "1.1" } as const;

export const manifestsOf = (text: string): readonly Manifest[] =>
  parseAllDocuments(text, YAML_OF_KUBERNETES).flatMap((document) => {
    const [error] = document.errors;
    if (error !== undefined) {
      throw error;
    }
    const manifest = document.toJS() as Manifest | null;
    return manifest === null ? [] : [manifest];
  });

export const renderedFile = (set: string): string => join(SETS, `${set}.yaml`);

/** What helm made of the chart and these values; `render.ts` writes it. */
export const rendered = (set: string): readonly Manifest[] =>
  manifestsOf(readFileSync(renderedFile(set), "utf8"));

/** Changes with everything that rendering reads, apart from the alert rules, which are left out of what is kept. */
export function digestOf(set: string): string {
  const templates = readdirSync(join(CHART, "templates")).sort();
  const files = ["Chart.yaml", "values.yaml", ...templates.map((name) => `templates/${name}`)];
  const hash = createHash("sha256");
  for (const file of files) {
    hash.update(`${file}\n`).update(readFileSync(join(CHART, file)));
  }
  return hash.update(SETS_OF_VALUES[set] ?? "").digest("hex");
}

export const templateText = (name: string): string => readFileSync(join(CHART, "templates", name), "utf8");
