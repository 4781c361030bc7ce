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
  "platform/messages/killed-workers",
  "screens/sign-in/enumeration",
  "cli/database-faults",
  "cli/embedded-revival",
  "platform/database/silent-server",
  "screens/console/users-import",
  "cli/stopping-while-hanging",
  "browser/sms-article",
  "browser/article-in-english",
  "browser/authenticator-article",
  "containers/image",
  "foreign-clients/node-snippets",
  "foreign-clients/server-snippets",
  "foreign-clients/resource-server-snippets",
  "foreign-clients/browser-snippets",
  "browser/console-new-office",
  "screens/console/console-routes",
  "platform/embedded-postgres/embedded-binaries",
  "platform/messages/outage",
  "domain/audit/second-factor-events",
  "platform/embedded-postgres/embedded",
  "cli/embedded-disk",
  "platform/embedded-postgres/embedded-crash",
  "platform/database/roles",
  "cli/start",
  "cli/metrics",
  "platform/database/failover",
  "platform/database/full-disk",
  "platform/database/half-restored",
  "screens/sign-in/sms-status",
  "platform/database/silent-connections",
  "platform/web/database-faults",
  "browser/account-views",
  "protocol/keys/key-rotation",
  "domain/factors/sms-code",
  "browser/forgotten-password",
  "browser/hostile-text",
  "platform/processes/log-lines",
  "screens/sign-in/given-back",
  "cli/site/apply",
  "cli/site/site-changes",
  "deploy/chart/chart",
  "docs/first-minutes",
  "browser/application-form",
  "domain/users/imported-people",
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
  // On two processors: 334 s with three, 326 s with four, 304 s with five, 311 s with six.
  jobs: 5,
  require: [...usual.require, "test/support/whole-run.ts"],
  spec: [...LONGEST, ...all.filter((file) => !LONGEST.includes(file)).sort()],
};
