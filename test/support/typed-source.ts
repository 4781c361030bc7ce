import { fileURLToPath } from "node:url";
import ts from "typescript";

const ROOT = fileURLToPath(new URL("../../client/", import.meta.url));
const FILE = `${ROOT}generated-by-a-test.ts`;

/** The faults that the compiler finds in a program beside the typed client, by line, which begins with 0. The program is kept in memory. */
export function faultsIn(text: string): ReadonlyMap<number, string> {
  const options: ts.CompilerOptions = {
    ...{ strict: true, exactOptionalPropertyTypes: true, noEmit: true, skipLibCheck: true },
    ...{ allowImportingTsExtensions: true, types: ["node"], target: ts.ScriptTarget.ES2024 },
    ...{ module: ts.ModuleKind.NodeNext, moduleResolution: ts.ModuleResolutionKind.NodeNext },
  };
  const host = ts.createCompilerHost(options);
  const read = host.getSourceFile.bind(host);
  host.getSourceFile = (name, ...how) =>
    name === FILE ? ts.createSourceFile(name, text, ts.ScriptTarget.ES2024) : read(name, ...how);
  const program = ts.createProgram([FILE], options, host);
  const faults = [...program.getSyntacticDiagnostics(), ...program.getSemanticDiagnostics()];
  return new Map(
    faults.map(({ file, start = 0, messageText }) => [
      file?.fileName === FILE ? file.getLineAndCharacterOfPosition(start).line : -1,
      ts.flattenDiagnosticMessageText(messageText, " "),
    ]),
  );
}
