import { relative } from "node:path";
import { fileURLToPath } from "node:url";
import ts from "typescript";

/** A line that the program can write to its log. */
export interface LogLine {
  readonly level: string;
  /** The message; variable parts are `…`. Null: the message is made elsewhere. */
  readonly message: string | null;
  readonly fields: readonly string[];
  readonly file: string;
}

const LEVELS = ["fatal", "error", "warn", "info", "debug", "trace"];
const ROOT = fileURLToPath(new URL("..", import.meta.url));

/** Every call of the log in `src/`, resolved by the compiler, so that fields and messages in variables are found too. */
export function readLogLines(): LogLine[] {
  const { config } = ts.readConfigFile(`${ROOT}tsconfig.json`, ts.sys.readFile) as { config: object };
  const { options } = ts.parseJsonConfigFileContent(config, ts.sys, ROOT);
  const files = ts.sys.readDirectory(`${ROOT}src`, [".ts"]);
  const program = ts.createProgram(files, options);
  const checker = program.getTypeChecker();
  return files
    .flatMap((file) => callsIn(program.getSourceFile(file)).flatMap((call) => linesOf(call, checker)))
    .sort((one, other) => LEVELS.indexOf(one.level) - LEVELS.indexOf(other.level) || order(one, other));
}

const order = (one: LogLine, other: LogLine) =>
  (one.message ?? "").localeCompare(other.message ?? "", "en") || one.file.localeCompare(other.file, "en");

interface Call {
  readonly level: string;
  readonly method: ts.Expression;
  readonly values: readonly ts.Expression[];
}

function callsIn(source: ts.SourceFile | undefined): Call[] {
  const calls: Call[] = [];
  const visit = (node: ts.Node): void => {
    if (ts.isCallExpression(node) && ts.isPropertyAccessExpression(node.expression)) {
      const { name } = node.expression;
      if (LEVELS.includes(name.text)) {
        calls.push({ level: name.text, method: node.expression, values: node.arguments });
      }
    }
    ts.forEachChild(node, visit);
  };
  if (source !== undefined) {
    visit(source);
  }
  return calls;
}

/** By type, because `console.error` has the same name, and a log's `warn` may be passed by itself. */
function isLog({ method }: Call, checker: ts.TypeChecker): boolean {
  return checker.getNonNullableType(checker.getTypeAtLocation(method)).getSymbol()?.name === "LogFn";
}

function linesOf(call: Call, checker: ts.TypeChecker): LogLine[] {
  const { level, method, values } = call;
  if (!isLog(call, checker)) {
    return [];
  }
  const [first, second] = values;
  const words = second ?? first;
  const fields = second === undefined || first === undefined ? [] : fieldsOf(first, checker);
  const file = relative(ROOT, method.getSourceFile().fileName);
  return (words === undefined ? [null] : messagesOf(words, checker)).map((message) => ({
    level,
    message,
    fields,
    file,
  }));
}

function fieldsOf(value: ts.Expression, checker: ts.TypeChecker): string[] {
  const type = checker.getTypeAtLocation(value);
  return checker
    .getPropertiesOfType(type)
    .map(({ name }) => name)
    .sort();
}

/** The possible texts of an expression. */
function messagesOf(words: ts.Expression, checker: ts.TypeChecker): (string | null)[] {
  if (ts.isTemplateExpression(words)) {
    return words.templateSpans.reduce<string[]>(
      (before, { expression, literal }) =>
        before.flatMap((text) =>
          textsOf(expression, checker).map((part) => `${text}${part ?? "…"}${literal.text}`),
        ),
      [words.head.text],
    );
  }
  return textsOf(words, checker);
}

function textsOf(words: ts.Expression, checker: ts.TypeChecker): (string | null)[] {
  const type = checker.getTypeAtLocation(words);
  const parts = type.isUnion() ? type.types : [type];
  return parts.every((part) => part.isStringLiteral()) ? parts.map((part) => part.value) : [null];
}
