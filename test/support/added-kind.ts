import { fileURLToPath } from "node:url";
import { dirname, join, relative, sep } from "node:path";
import ts from "typescript";

const ROOT = fileURLToPath(new URL("../..", import.meta.url));
const REGISTRY = join(ROOT, "src", "domain", "factors", "factor.ts");

/** The list of kinds as the registry writes it; a copy of the sources gets one more. */
const LIST = /(export const FACTOR_KINDS = \[[^\]]*)\]/;

/**
 * Every file of src that the compiler refuses once there is another factor kind, with what it says there first. The
 * sources are not touched: the compiler reads a copy of the one file that lists the kinds, kept in memory. Only files
 * that build on that one are looked at; the others are what `tsc` says of them.
 */
export function filesNamedFor(kind: string): Map<string, string> {
  const { options, fileNames } = configuration();
  const host = ts.createCompilerHost(options);
  const read = host.readFile.bind(host);
  const textOf = (name: string) => (samePath(name, REGISTRY) ? withKind(read(name) ?? "", kind) : read(name));
  host.getSourceFile = (name, languageVersion) => {
    const text = textOf(name);
    return text === undefined ? undefined : ts.createSourceFile(name, text, languageVersion);
  };
  const program = ts.createProgram(fileNames, options, host);
  const named = new Map<string, string>();
  for (const file of buildingOn(REGISTRY, program)) {
    const [first] = program.getSemanticDiagnostics(file);
    if (first !== undefined) {
      named.set(shortPath(file.fileName), ts.flattenDiagnosticMessageText(first.messageText, " "));
    }
  }
  return named;
}

/** A file and all that import it, over however many steps. */
function buildingOn(path: string, program: ts.Program): ts.SourceFile[] {
  const ours = program
    .getSourceFiles()
    .filter(({ fileName }) => shortPath(fileName).startsWith("src/"))
    .map((file) => ({ file, name: shortPath(file.fileName), imports: importsOf(file) }));
  const found = new Set([shortPath(path)]);
  for (let before = 0; before < found.size;) {
    before = found.size;
    for (const { name } of ours.filter(({ imports }) => imports.some((each) => found.has(each)))) {
      found.add(name);
    }
  }
  return ours.filter(({ name }) => found.has(name)).map(({ file }) => file);
}

const importsOf = ({ fileName, text }: ts.SourceFile): string[] =>
  ts
    .preProcessFile(text)
    .importedFiles.filter((each) => each.fileName.startsWith("."))
    .map((each) => shortPath(join(dirname(fileName), each.fileName)));

function configuration() {
  const { config } = ts.readConfigFile(join(ROOT, "tsconfig.json"), (name) => ts.sys.readFile(name)) as {
    config: object;
  };
  return ts.parseJsonConfigFileContent({ ...config, include: ["src"] }, ts.sys, ROOT);
}

function withKind(text: string, kind: string): string {
  if (!LIST.test(text)) {
    throw new Error("The registry lists no factor kinds.");
  }
  return text.replace(LIST, `$1, ${JSON.stringify(kind)}]`);
}

const samePath = (one: string, other: string): boolean => relative(one, other) === "";
const shortPath = (path: string): string => relative(ROOT, path).split(sep).join("/");
