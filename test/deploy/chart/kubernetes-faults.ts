import { dirname, join } from "node:path";
import ts from "typescript";
import type { Manifest } from "./chart.ts";

/** The packages with the objects of Kubernetes, by their group; all others are in one. */
const PACKAGES: Readonly<Record<string, string>> = {
  "monitoring.coreos.com": "@kubernetes-models/prometheus-operator",
  "gateway.networking.k8s.io": "@kubernetes-models/gateway-api",
};

function moduleOf(apiVersion: string): string {
  const [group = ""] = apiVersion.split("/");
  return `${PACKAGES[group] ?? "kubernetes-models"}/${apiVersion}`;
}

interface Model {
  new (data: object): { validate(): void };
}

/** Throws for a field of the wrong kind and one that is missing, by the schema of Kubernetes. */
export async function requireValid(manifest: Manifest): Promise<void> {
  const models = (await import(moduleOf(manifest.apiVersion))) as Readonly<Record<string, Model>>;
  const ModelOfKind = models[manifest.kind];
  if (ModelOfKind === undefined) {
    throw new Error(`Kubernetes has no ${manifest.kind} in ${manifest.apiVersion}.`);
  }
  new ModelOfKind(manifest).validate();
}

const FILE = join(dirname(import.meta.filename), "manifests-to-check.ts");

const OPTIONS: ts.CompilerOptions = {
  ...{ noEmit: true, strict: true, skipLibCheck: true, types: [] },
  ...{ target: ts.ScriptTarget.ESNext, module: ts.ModuleKind.NodeNext },
};

/** What the compiler says of the objects as literals of their types: it finds the fields that Kubernetes does not know. */
export function faultsOfTypes(manifests: readonly Manifest[]): readonly string[] {
  const text = manifests
    .map((manifest, index) => {
      const type = `import(${JSON.stringify(moduleOf(manifest.apiVersion))}).I${manifest.kind}`;
      return `export const manifest${String(index)}: ${type} = ${JSON.stringify(manifest)};`;
    })
    .join("\n");
  const host = ts.createCompilerHost(OPTIONS);
  const { fileExists, readFile } = host;
  host.fileExists = (name) => name === FILE || fileExists(name);
  host.readFile = (name) => (name === FILE ? text : readFile(name));
  const program = ts.createProgram([FILE], OPTIONS, host);
  return ts
    .getPreEmitDiagnostics(program)
    .map(({ messageText }) => ts.flattenDiagnosticMessageText(messageText, "\n"));
}
