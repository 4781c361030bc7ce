import { readdirSync, readFileSync } from "node:fs";
import { madeFrom, markdownTable } from "./markdown.ts";

const FOLDER = new URL("../docs/decisions/", import.meta.url);
const TITLE = /^# (?<number>\d{4}) (?<title>.+)$/;
const LINK = /\[\d{4}\]\(\S+\.md\)/.source;
const STATUS = new RegExp(
  `^Date: (?<date>[-\\d]{10})\\. Status: (?<status>accepted(; superseded in part by ${LINK})?|superseded by ${LINK})\\.$`,
);

interface Decision {
  readonly file: string;
  readonly number: number;
  readonly title: string;
  readonly date: string;
  /** Accepted, or superseded; with the decision that supersedes it, wholly or in part. */
  readonly status: string;
}

/** The index of all decisions, from their first lines. Throws for one without a title, a date or a status. */
export function decisionsDocument(): string {
  const decisions = readdirSync(FOLDER)
    .filter((file) => /^\d{4}-.*\.md$/.test(file))
    .sort()
    .map(readDecision);
  const rows = decisions.map(({ file, number, title, date, status }) => [
    `[${padded(number)}](${file})`,
    title,
    date,
    status,
  ]);
  return `${madeFrom("the first lines of the decisions")}

# Decisions

What was decided against the obvious, and why. A decision that no longer holds keeps its file and names the one that
supersedes it. CONTRIBUTING.md says when to write one.

${markdownTable(["number", "decision", "date", "status"], rows)}

**Not used: ${missing(decisions).map(padded).join(", ")}.** The history has no file under these numbers. Numbers are reserved in
advance where several changes are prepared at the same time, and some turn out not to be needed. They are never given to
another decision, so that a number always means the same.
`;
}

function readDecision(file: string): Decision {
  const [first = "", , third = ""] = readFileSync(new URL(file, FOLDER), "utf8").split("\n");
  const title = TITLE.exec(first)?.groups;
  const status = STATUS.exec(third)?.groups;
  if (title === undefined || status === undefined || !file.startsWith(`${title["number"] ?? ""}-`)) {
    throw new Error(
      `docs/decisions/${file} must begin with "# ${file.slice(0, 4)} Title", an empty line, and "Date: 2026-11-24. Status: accepted."`,
    );
  }
  return {
    file,
    number: Number(title["number"]),
    title: title["title"] ?? "",
    date: status["date"] ?? "",
    status: status["status"] ?? "",
  };
}

function missing(decisions: readonly Decision[]): number[] {
  const used = new Set(decisions.map(({ number }) => number));
  return Array.from({ length: Math.max(...used) }, (_, index) => index + 1).filter(
    (number) => !used.has(number),
  );
}

const padded = (number: number): string => String(number).padStart(4, "0");
