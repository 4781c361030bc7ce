/**
 * `npm run test:processes`: the checks of what is counted, kept or used once, with four servers behind the port of each Vestibule, so that
 * consecutive requests of one browser meet different ones. What one of them kept to itself would show here.
 */
import { readdirSync, readFileSync } from "node:fs";
import usual from "../.mocharc.json" with { type: "json" };

process.env["TEST_SERVERS"] = "4";

const CHECKS = /\bT(5|18|39|4[0-8]|66|67|156|159|163|201)\b/;

export default {
  ...usual,
  parallel: true,
  jobs: 2,
  grep: CHECKS,
  require: [...usual.require, "test/support/whole-run.ts"],
  spec: readdirSync("test", { recursive: true })
    .filter((file) => file.endsWith(".test.ts"))
    .map((file) => `test/${file.replaceAll("\\", "/")}`)
    .filter((file) => CHECKS.test(readFileSync(file, "utf8")))
    .sort(),
};
