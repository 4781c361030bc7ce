import { openEmbeddedDatabase } from "../src/platform/embedded-postgres/embedded.ts";
import { start } from "../src/server/main.ts";
import { readSettings } from "../src/server/settings/settings.ts";
import { asOwner } from "./as-owner.ts";
import { answerQuestions } from "./child-side.ts";
import { countStatements } from "./count-statements.ts";
import { seed } from "./seed.ts";

/** Vestibule as it runs for a company; the bench starts it as a process of its own, with its settings. */
const { services, stop } = await start(readSettings(process.env));

/** What PostgreSQL does by itself within a minute: otherwise it plans for empty tables. */
async function analyze(): Promise<void> {
  const embedded = await openEmbeddedDatabase({ dataDir: services.settings.dataDir, log: () => undefined });
  await asOwner(embedded.ownerUrl, (owner) => owner.query("analyze"));
  await embedded.close();
}

const seedAndAnalyze = async () => {
  const seeded = await seed(services);
  await analyze();
  return seeded;
};

answerQuestions({ seed: seedAndAnalyze, ...countStatements(services.database), stop });
