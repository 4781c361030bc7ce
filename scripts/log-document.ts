import { FIELDS } from "./log-fields.ts";
import { LINES, MADE_ELSEWHERE } from "./log-meanings.ts";
import { readLogLines, type LogLine } from "./log-lines.ts";
import { code, madeFrom, markdownTable } from "./markdown.ts";

/** Every line that the log can have, from the calls in the code, with its meaning. Throws for a line without a meaning. */
export function logDocument(lines: readonly LogLine[] = readLogLines()): string {
  const always = ["level", "time", "host", "pid", "process", "msg"];
  const used = [...new Set([...always, ...lines.flatMap(({ fields }) => fields)])];
  requireAll({
    "log-meanings.ts: LINES lacks": lines.map(meaningKey).filter((key) => !(key in allMeanings)),
    "log-fields.ts: FIELDS lacks": used.filter((name) => !(name in FIELDS)),
    "no line any more is": Object.keys(allMeanings).filter((key) => !lines.map(meaningKey).includes(key)),
    "no field any more is": Object.keys(FIELDS).filter((name) => !used.includes(name)),
  });
  return write(lines, used);
}

const allMeanings: Readonly<Record<string, string>> = { ...LINES, ...MADE_ELSEWHERE };
const meaningKey = ({ message, file }: LogLine): string => message ?? file;

function requireAll(missing: Readonly<Record<string, readonly string[]>>): void {
  const faults = Object.entries(missing).filter(([, names]) => names.length > 0);
  if (faults.length > 0) {
    throw new Error(faults.map(([what, names]) => `${what}:\n  ${names.join("\n  ")}`).join("\n"));
  }
}

function write(lines: readonly LogLine[], used: readonly string[]): string {
  const rows = lines.map((line) => [
    line.level,
    line.message === null ? "(made elsewhere)" : code(line.message),
    line.fields.map(code).join(", "),
    allMeanings[meaningKey(line)] ?? "",
    code(line.file),
  ]);
  const fields = used.map((name) => [code(name), FIELDS[name]?.about ?? "", FIELDS[name]?.personal ?? ""]);
  return `${madeFrom("the calls in src/ and scripts/log-*.ts")}

# The log

Standard output has one JSON object a line. \`VESTIBULE_LOG_LEVEL\` says from which level on; in production that is \`info\`, with a line for each
request. Messages for the terminal, such as the address at the start or a fault that ends it, go to standard error as plain text.
The log is for running the server. Who did what to whom is in the audit log, which is complete and sealed; the log is neither.

Every line has \`level\`, \`time\` (UTC), \`host\`, \`pid\` and \`msg\`, of a server with several processes \`process\`, and while traces are exported
\`traceId\` and \`spanId\`. A value that may be a secret is never handed to the log, and is cut out by name should
it happen.

## Lines

${markdownTable(["level", "msg", "further fields", "what it means, and what to do", "file"], rows)}

## Fields

${markdownTable(["field", "what it is", "personal data"], fields)}

## Personal data in it

The address of a visitor is personal data (GDPR article 4(1), and the Court of Justice in C-582/14), and so is the id of a user: both can lead back to a
person. Treat the log as a file about people.

- **Purpose.** To notice and stop attacks and faults, a legitimate interest (article 6(1)(f), recital 49). For nothing else: not for measuring, not for advertising.
- **Lines with a visitor's address:** ${linesWith(lines, "address")}. At \`VESTIBULE_LOG_LEVEL=warn\` the lines of level \`info\` are not written.
- **Lines with a user's id:** ${linesWith(lines, "subject")}.
- **What is never handed to the log:** names, email addresses, telephone numbers, usernames, and what was typed. The message of an \`error\` comes from a library or from
  PostgreSQL, which can quote a value.
- **How long.** Vestibule keeps no log itself. Set a time where the lines are collected, write it into your record of processing (article 30), and delete by it.
  30 days are enough to look into what was noticed late; longer needs a reason.
- **Access.** Only the operators of the server. A company that collects the lines for you is a processor (article 28).
- **Requests of a person.** Lines are found by time and address; the request id on an error page leads to one line.
`;
}

function linesWith(lines: readonly LogLine[], field: string): string {
  const found = lines.filter(({ fields }) => fields.includes(field));
  return found.map(({ message, level }) => `${code(message ?? "")} (${level})`).join(", ");
}
