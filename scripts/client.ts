/**
 * Writes client/operations.ts, what the typed client knows of the management API; with `--check` it writes nothing and fails when the
 * file is stale.
 */
import { readFileSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { format, resolveConfig } from "prettier";
import { clientFile } from "./client-file.ts";

const FILE = fileURLToPath(new URL("../client/operations.ts", import.meta.url));
const text = await format(clientFile(), { ...(await resolveConfig(FILE)), filepath: FILE });

if (process.argv.includes("--check")) {
  if (text !== readFileSync(FILE, "utf8")) {
    console.error('client/operations.ts is stale: run "npm run docs" and look at the difference.');
    process.exitCode = 1;
  }
} else {
  writeFileSync(FILE, text);
}
