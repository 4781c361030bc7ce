import { start } from "../../src/server/main.ts";
import { readSettings } from "../../src/server/settings/settings.ts";
import { forTests } from "./test-settings.ts";

/** A Vestibule in a process of its own, for tests that need two servers on one database or have to kill one. */
const settings = forTests(readSettings(process.env), process.env);
const { stop } = await start(settings);
process.once("SIGTERM", () => {
  void stop().then(() => process.exit(0));
});
process.stdout.write(`listening on ${String(settings.port)}\n`);
