/**
 * `npm test`: every file, the longest first. Mocha hands files out in this order, and a long one that came last would
 * keep one processor waiting. Whatever takes ten seconds or more belongs here; the rest comes by its name.
 */
import { readdirSync } from "node:fs";
import usual from "../.mocharc.json" with { type: "json" };

const LONGEST = [
  "browser/sign-in-views",
  "browser/console-views",
  "browser/second-factor-habits",
  "docs/restore",
  "docs/standby",
  "messages/killed-workers",
  "sign-in/enumeration",
  "command-line/database-faults",
  "command-line/embedded-revival",
  "database/silent-server",
  "console/users-import",
  "command-line/stopping-while-hanging",
  "browser/sms-article",
  "browser/authenticator-article",
  "containers/image",
  "browser/console-new-office",
  "console/console-routes",
  "database/embedded/embedded-binaries",
  "messages/outage",
  "audit/second-factor-events",
  "database/embedded/embedded",
  "command-line/embedded-disk",
  "database/embedded/embedded-crash",
  "database/roles",
  "command-line/start",
  "database/failover",
  "database/half-restored",
  "sign-in/sms-status",
  "database/silent-connections",
  "http/database-faults",
  "browser/account-views",
  "oidc/key-rotation",
  "factors/sms-code",
  "browser/forgotten-password",
  "browser/hostile-text",
  "processes/log-lines",
  "sign-in/given-back",
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
