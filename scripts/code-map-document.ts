import { readdirSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { madeFrom } from "./markdown.ts";

const ROOT = new URL("../", import.meta.url);

/** Every file of the code by its folder, with what it says of itself. */
export function codeMapDocument(): string {
  const folders = [
    ...[...Map.groupBy(filesOf("src", ".ts"), folderOf)].sort(([one], [other]) => (one < other ? -1 : 1)),
    ["migrations/functions", filesOf("migrations/functions", ".sql")] as const,
  ];
  return `${madeFrom("the comments of src and migrations/functions")}

# Every file in a line

For looking up which file has a rule: what each file says of itself, its class or its function, and the names that it exports. [architecture.md](architecture.md) says what the
folders are for, and CONTRIBUTING.md answers the usual questions.

${folders.map(([folder, files]) => `## ${folder}\n\n${files.map(lineOf).join("\n")}`).join("\n\n")}
`;
}

const filesOf = (folder: string, ending: string): string[] =>
  readdirSync(fileURLToPath(new URL(folder, ROOT)), { recursive: true, encoding: "utf8" })
    .filter((name) => name.endsWith(ending))
    .map((name) => `${folder}/${name.replaceAll("\\", "/")}`)
    .sort();

const folderOf = (file: string): string => file.slice(0, file.lastIndexOf("/"));

function lineOf(file: string): string {
  const text = readFileSync(new URL(file, ROOT), "utf8");
  const about = file.endsWith(".sql") ? sqlComment(text) : ownComment(text);
  if (about === "") {
    throw new Error(`${file} says nowhere in a comment what it is for.`);
  }
  return `- [${file.slice(file.lastIndexOf("/") + 1)}](../${file}): ${beginning(about)}${namesIn(text)}`;
}

const KINDS = ["class", "function", "const", "interface", "type"];
/** A comment of what a file exports, with its kind. */
const COMMENT = new RegExp(
  String.raw`/\*\*(?<about>(?:(?!\*/)[\s\S])*)\*/\s*export (?:async |abstract )*(?<kind>${KINDS.join("|")})\b`,
  "g",
);
/** A comment of the file itself: before its imports, or after them with an empty line behind it. */
const OPENING =
  /^(?:(?:import [^;]+;\s*)*\/\*\*(?<after>(?:(?!\*\/)[\s\S])*)\*\/\n\n|\/\*\*(?<first>(?:(?!\*\/)[\s\S])*)\*\/)/;
/** Of what a file with no exports does. */
const ANY = /\/\*\*(?<about>(?:(?!\*\/)[\s\S])*)\*\//;

/** Of the file itself where it opens with a comment; otherwise of its class, or else of its first function and so on. */
function ownComment(text: string): string {
  const opening = OPENING.exec(text)?.groups;
  const exported = [...text.matchAll(COMMENT)].map(({ groups }) => groups);
  const found = KINDS.map((kind) => exported.find((groups) => groups?.["kind"] === kind)).find(
    (groups) => groups !== undefined,
  );
  const about =
    opening?.["after"] ?? opening?.["first"] ?? found?.["about"] ?? ANY.exec(text)?.groups?.["about"];
  return (about ?? "").replaceAll(/^\s*\* ?/gm, "");
}

/** What a file exports, for a search by name. */
function namesIn(text: string): string {
  const names = [...text.matchAll(/^export (?:async |abstract )*(?:class|function|const) (?<name>\w+)/gm)];
  return names.length === 0
    ? ""
    : ` (${names.map(({ groups }) => `\`${groups?.["name"] ?? ""}\``).join(", ")})`;
}

const sqlComment = (text: string): string => (/^(?:--.*\n)+/.exec(text)?.[0] ?? "").replaceAll(/^-- ?/gm, "");

/** The first sentences, as far as they are needed to say something. */
const ENOUGH = 60;

function beginning(text: string): string {
  const [first = "", ...rest] = text
    .trim()
    .replaceAll(/\s+/g, " ")
    .split(/(?<=[.!?])\s(?=[A-Z"`])/);
  return rest
    .reduce((taken, sentence) => (taken.length < ENOUGH ? `${taken} ${sentence}` : taken), first)
    .split(/(`[^`]*`)/)
    .map((part) => (part.startsWith("`") ? part : part.replaceAll(/[<>*_]/g, "\\$&")))
    .join("");
}
