/**
 * `npm test`: every file, the longest first. Mocha hands files out in this order, and a long one that came last would
 * keep one processor waiting. Whatever takes ten seconds or more belongs here; the rest comes by its name.
 */
import { readdirSync } from "node:fs";
import usual from "../.mocharc.json" with { type: "json" };

const LONGEST = [
  "browser/sign-in-views",
  "browser/console-views",
  "platform/messages/killed-workers",
  "browser/second-factor-habits",
  "screens/sign-in/enumeration",
  "browser/sms-article",
  "browser/authenticator-article",
  "browser/account-views",
  "platform/messages/outage",
  "protocol/keys/key-rotation",
  "screens/sign-in/crowd",
  "cli/start",
  "foreign-clients/foreign-clients",
  "browser/demo",
  "screens/account/statements",
  "browser/console-article",
  "browser/recovery-sheet",
  "platform/messages/webhooks",
  "platform/database/silent-server",
  "cli/database-faults",
  "docs/standby",
  "docs/restore",
  "domain/audit/second-factor-events",
  "cli/embedded-revival",
  "cli/stopping-while-hanging",
  "cli/stopping",
  "screens/sign-in/sms-status",
  "platform/database/silent-connections",
  "screens/sign-in/given-back",
  "domain/users/import-invitations",
  "domain/factors/sms-code",
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
