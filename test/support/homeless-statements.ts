import { readFileSync } from "node:fs";

const SCHEMA = JSON.parse(readFileSync("src/platform/database/schema.json", "utf8")) as { things: string[] };

const TABLES = SCHEMA.things.flatMap((thing) => /^column (\w+)\.home$/.exec(thing)?.[1] ?? []);

const TABLE = TABLES.join("|");
const NAMED = new RegExp(
  `\\b(?:from|join|update|using)\\s+(?:${TABLE})\\b(?:\\s+(?:as\\s+)?(\\w+))?|,\\s+(?:${TABLE}) ([a-z]{1,2})\\b`,
  "g",
);
const ADDED = new RegExp(`\\binsert into (?:${TABLE})\\b(?! as \\w+ \\(home,|\\s*\\(home,)`);
/** What follows a table without another name. */
const WORDS =
  /^(where|set|on|using|order|limit|cross|left|join|values|for|group|returning|select|union|force|default|when|and|is)$/;

/** Whether a row is added without its home, a table with another name has none under it, or more tables without one are named than homes. */
export function isWithoutHome(text: string): boolean {
  if (!/\b(select|insert into|update \w+|delete from)\b/.test(text)) {
    return false;
  }
  const names = [...text.matchAll(NAMED)].map(([, alias, other]) => alias ?? other ?? "");
  const aliases = names.filter((name) => name !== "" && !WORDS.test(name));
  const bare = (text.match(/(?<![.\w])home = |\(home,|\bisRow\(/g) ?? []).length;
  return (
    ADDED.test(text) ||
    aliases.some((name) => !new RegExp(`\\b${name}\\.home\\b|\\bisRow\\(`).test(text)) ||
    names.length - aliases.length > bare
  );
}

const MARK = "/* all homes */";

/** Marks the statement of a test that asks for the rows of all offices, to see that row-level security shows those of one. A comment at the front is not kept. */
export const ofAllHomes = (text: string): string => text.replace(/^\w+/, `$& ${MARK}`);

/** What may be sent without a home: by a part of its text. */
const ALL_HOMES = [
  MARK,
  // What has expired or is old, anywhere.
  "from oidc_models where expires_at <= ",
  "from rate_limits where window_ends <= ",
  "from sign_ins where expires_at <= ",
  "select ctid from console_drafts where expires_at <= ",
  "select ctid from api_requests where expires_at <= ",
  "from alarms_untold where at < ",
  "from jobs where due_at < ",
  "from message_directory where made_at < ",
  "anonymous as materialized",
  // The unfinished requests of a network.
  "forgotten as ( delete from oidc_models",
  // Whether there is any user, and what a restored backup has too much of.
  "select from subjects limit ",
  "limit $1)) returning $2 as gone",
  // Workers belong to no office.
  "select distinct home % $2 as lane from jobs",
  // Pages beside a sign-in know its id alone.
  "select home, application_id from sign_ins where id = ",
  // A user code is too short to carry a home.
  "from oidc_models where uid = $1 and kind = ",
  // Erases who was deleted, and reports the alarms, of all offices.
  "from subjects where deleted_at is not null and erased_at is null",
  "update alarm_digest set sent_at = now()",
];

/** Those of the sent statements that name no home, and may not go without. */
export const withoutHome = (sent: readonly string[]): string[] =>
  sent
    .map((text) => text.replaceAll(/\s+/g, " ").trim())
    .filter((text) => isWithoutHome(text) && ALL_HOMES.every((part) => !text.includes(part)));
