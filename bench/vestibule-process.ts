import { openEmbeddedDatabase } from "../src/platform/embedded-postgres/embedded.ts";
import { groupMember } from "../src/platform/processes/group-member.ts";
import { start } from "../src/server/main.ts";
import { settingsOfProcess } from "../src/server/settings/process-settings.ts";
import { readSettings } from "../src/server/settings/settings.ts";
import { asOwner } from "./as-owner.ts";
import { answerQuestions } from "./child-side.ts";
import { countStatements } from "./count-statements.ts";
import { answerForAll } from "./process-group.ts";
import { seed } from "./seed.ts";

/** Vestibule as it runs for a company; the bench starts it as a process of its own, with its settings. */
const settings = readSettings(process.env);
const member = groupMember(process.env);
if (settings.processes > 1 && member === null) {
  await answerForAll(settings.processes);
} else {
  await serve();
}

async function serve(): Promise<void> {
  const own = member === null ? settings : settingsOfProcess(settings, member);
  const { services, stop } = await start(own, undefined, member?.live);

  /** What PostgreSQL does by itself within a minute: otherwise it plans for empty tables. */
  async function analyze(): Promise<void> {
    const embedded = await openEmbeddedDatabase({ dataDir: own.dataDir, log: () => undefined });
    await asOwner(embedded.ownerUrl, (owner) => owner.query("analyze"));
    await embedded.close();
  }

  const seedAndAnalyze = async () => {
    const seeded = await seed(services);
    await analyze();
    return seeded;
  };

  answerQuestions({ seed: seedAndAnalyze, ...countStatements(services.database), stop });
  if (member !== null) {
    void member.asked.then(stop).finally(() => process.exit());
    member.ready("");
  }
}
