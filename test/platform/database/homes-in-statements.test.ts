import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect } from "chai";
import { isWithoutHome } from "../../support/homeless-statements.ts";

/** What may ask all homes, and why. Everything else names the home of what it reads or writes. */
const ALL_HOMES: ReadonlyMap<string, string> = new Map([
  [
    "src/protocol/models/oidc-model-statements.ts oidc_device_code",
    "a user code is too short to carry a home",
  ],
  ["src/protocol/models/oidc-model-statements.ts oidc_purge", "removes what has expired"],
  ["src/protocol/models/oidc-model-statements.ts oidc_forget_crowd", "removes what strangers left behind"],
  ["src/protocol/models/oidc-model-statements.ts crowd", "the unfinished requests of a network are anywhere"],
  ["src/platform/limits/rate-limit-store.ts rate_limit_purge", "removes what has expired"],
  ["src/platform/web/draft-store.ts console_draft_purge", "removes what has expired"],
  ["src/api/idempotency-store.ts api_request_purge", "removes what has expired"],
  ["src/screens/sign-in/sign-in-statements.ts sign_in_purge", "removes what has expired"],
  ["migrations/functions/audit_heads.sql", "a reader of the whole log follows the chains of all offices"],
  ["migrations/functions/audit_days_of_all.sql", "support's overview adds up all offices"],
  ["migrations/functions/offices_with_alarms.sql", "support's overview compares all offices"],
  ["src/domain/users/user-deletion-store.ts users_to_erase", "erases who was deleted, in all offices"],
  ["migrations/functions/waiting_approvals_after.sql", "support approves in all offices"],
  ["src/domain/audit/alarm-store.ts alarms_purge", "removes what is old"],
  ["src/platform/jobs/job-store.ts job_due_lanes", "workers belong to no office"],
  ["src/platform/jobs/job-store.ts job_purge", "removes what is old"],
  ["src/screens/sign-in/sign-in-statements.ts sign_in_anywhere", "pages beside a sign-in know its id alone"],
  ["src/domain/audit/alarm-store.ts alarms_take", "one mail reports the alarms of all offices"],
  ["src/platform/database/restored-store.ts restored_accounts", "whether there is any user at all"],
  ["src/platform/messages/message-store.ts message_directory_past", "removes what is old"],
  ["src/platform/messages/queue-health-store.ts queue_health", "a queue is that of all offices"],
  ["migrations/functions/installation_figures.sql", "a scrape shows numbers of the whole installation"],
  ["migrations/functions/claim_jobs.sql", "a worker takes the jobs of a lane"],
  [
    "migrations/functions/gone_webhook_workers.sql",
    "a worker serves webhooks of all offices, and so do those that follow it",
  ],
  ["migrations/functions/unsealed_chains.sql", "finds the chains that are sealed one by one then"],
  ["migrations/functions/chains_to_prune.sql", "finds the chains that are pruned one by one then"],
  ["migrations/functions/find_people_of_mail.sql", "an email address has users in many offices"],
]);

interface Piece {
  readonly where: string;
  readonly text: string;
}

const files = (folder: string, ending: string) =>
  readdirSync(folder, { recursive: true, encoding: "utf8" })
    .filter((name) => name.endsWith(ending))
    .map((name) => join(folder, name));

/** Each string of the source, with the name of its statement where there is one. */
function piecesOf(file: string): Piece[] {
  const source = readFileSync(file, "utf8").replace(/^\s*(\/\/|\*|\/\*).*$/gm, "");
  return [...source.matchAll(/`(?:[^`\\]|\\.)*`|"(?:[^"\\\n]|\\.)*"/g)].map((match) => {
    const before = source.slice(0, match.index);
    const name =
      /name: "(\w+)",?\s*text:\s*$/.exec(before)?.[1] ??
      /(\w+)(?: =|:)(?: \(\w+\) =>)?\s*$/.exec(before)?.[1] ??
      "";
    return { where: `${file} ${name}`, text: match[0] };
  });
}

describe("a statement that touches rows of offices", () => {
  const pieces = [
    ...files("src", ".ts").flatMap(piecesOf),
    ...files("migrations/functions", ".sql").map((file) => ({
      where: file,
      text: readFileSync(file, "utf8").replace(/^\s*--.*$/gm, ""),
    })),
  ];

  it("names the home for each table, or is named as one that may ask all homes", () => {
    const without = new Set(pieces.filter(({ text }) => isWithoutHome(text)).map(({ where }) => where));
    expect([...without].filter((where) => !ALL_HOMES.has(where)).join("\n")).to.equal("");
    expect(
      [...ALL_HOMES.keys()].filter((where) => pieces.every((piece) => piece.where !== where)).join("\n"),
    ).to.equal("");
  });
});
