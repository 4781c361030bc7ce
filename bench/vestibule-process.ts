import { start } from "../src/server/main.ts";
import { readSettings } from "../src/server/settings/settings.ts";
import { answerQuestions } from "./child-side.ts";
import { countStatements } from "./count-statements.ts";
import { seed } from "./seed.ts";

/** Vestibule as it runs for a company; the bench starts it as a process of its own, with its settings. */
const { services, stop } = await start(readSettings(process.env));

answerQuestions({ seed: () => seed(services), ...countStatements(services.database), stop });
