/**
 * `npm test`: every file, the longest first. Mocha hands files out in this order, and a long one that came last would
 * keep one processor waiting. Whatever takes ten seconds or more belongs here; the rest comes by its name.
 */
import { readdirSync } from "node:fs";
import usual from "../.mocharc.json" with { type: "json" };

const LONGEST = [
  "browser/sign-in-views",
  "browser/console-views",
  "messages/killed-workers",
  "browser/second-factor-habits",
  "sign-in/enumeration",
  "browser/sms-article",
  "browser/authenticator-article",
  "browser/account-views",
  "messages/outage",
  "oidc/key-rotation",
  "sign-in/crowd",
  "command-line/start",
  "foreign-clients/foreign-clients",
  "browser/demo",
  "account/statements",
  "browser/console-article",
  "browser/recovery-sheet",
  "messages/webhooks",
  "database/silent-server",
  "command-line/database-faults",
  "docs/standby",
  "docs/restore",
  "audit/second-factor-events",
  "command-line/embedded-revival",
  "command-line/stopping-while-hanging",
  "command-line/stopping",
  "sign-in/sms-status",
  "database/silent-connections",
  "sign-in/given-back",
  "users/import-invitations",
  "factors/sms-code",
].map((name) => `test/${name}.test.ts`);

const all = readdirSync("test", { recursive: true })
  .filter((file) => file.endsWith(".test.ts"))
  .map((file) => `test/${file.replaceAll("\\", "/")}`);
const gone = LONGEST.filter((file) => !all.includes(file));
if (gone.length > 0) {
  throw new Error(`test/every-file.mocharc.js names files that are not there: ${gone.join(", ")}`);
}

export default {
  ...usual,
  parallel: true,
  // One more than the processors of a small machine: a third of the time goes by in waiting.
  jobs: 3,
  require: [...usual.require, "test/support/whole-run.ts"],
  spec: [...LONGEST, ...all.filter((file) => !LONGEST.includes(file)).sort()],
};
