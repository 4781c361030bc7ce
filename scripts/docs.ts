/**
 * Writes the documents that are generated from the code; with `--check` it writes nothing and fails when one is stale.
 * Each document has its own file in this folder. The one about the database reads a freshly migrated database.
 */
import { readFileSync, writeFileSync } from "node:fs";
import { apiDocument } from "./api-document.ts";
import { chartSchema } from "./chart-schema.ts";
import { codeMapDocument } from "./code-map-document.ts";
import { conformanceDocument } from "./conformance-document.ts";
import { databaseDocument } from "./database-document.ts";
import { decisionsDocument } from "./decisions-document.ts";
import { eventsDocument } from "./events-document.ts";
import { journeyDocument } from "./journey-document.ts";
import { knownClientsDocument } from "./known-clients-document.ts";
import { logDocument } from "./log-document.ts";
import { metricsDocument } from "./metrics-document.ts";
import { permissionsDocument } from "./permissions-document.ts";
import { schemaFile } from "./schema-file.ts";
import { securityDocument } from "./security-document.ts";
import { siteSchemaFile } from "./site-schema.ts";
import { snippetsDocument } from "./snippets-document.ts";
import { settingsDocument } from "./settings-document.ts";

const documents = new Map([
  ["docs/settings.md", settingsDocument()],
  ["docs/code-map.md", codeMapDocument()],
  ["docs/journey.md", journeyDocument()],
  ["docs/conformance.md", conformanceDocument()],
  ["docs/known-clients.md", knownClientsDocument()],
  ["docs/snippets.md", snippetsDocument()],
  ["docs/permissions.md", permissionsDocument()],
  ["docs/api.md", apiDocument()],
  ["docs/events.md", eventsDocument()],
  ["docs/log.md", logDocument()],
  ["docs/metrics.md", metricsDocument()],
  ["docs/security-checks.md", securityDocument()],
  ["docs/site.schema.json", siteSchemaFile()],
  ["deploy/helm/vestibule/values.schema.json", chartSchema()],
  ["docs/decisions/README.md", decisionsDocument()],
  ["src/platform/database/schema.json", await schemaFile()],
  ["docs/database.md", await databaseDocument()],
]);

const stale = [...documents].filter(([file, text]) => text !== current(file));
if (process.argv.includes("--check")) {
  stale.forEach(([file]) => {
    console.error(`${file} is stale: run "npm run docs" and look at the difference.`);
  });
  process.exitCode = stale.length === 0 ? 0 : 1;
} else {
  stale.forEach(([file, text]) => {
    writeFileSync(placeOf(file), text);
    console.log(`${file} was written.`);
  });
}

function current(file: string): string | null {
  try {
    return readFileSync(placeOf(file), "utf8");
  } catch {
    // A missing document is stale too.
    return null;
  }
}

function placeOf(file: string): URL {
  return new URL(`../${file}`, import.meta.url);
}
