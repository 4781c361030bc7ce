import { composeServices } from "../../src/server/wiring/services.ts";
import { startWorkers } from "../../src/server/wiring/processes.ts";
import { readSettings } from "../../src/server/settings/settings.ts";
import { forTests } from "./test-settings.ts";

/** Hands messages over in a process of its own, for tests that kill it. */
const services = await composeServices(forTests(readSettings(process.env), process.env));
const workers = await startWorkers(services);
process.once("SIGTERM", () => {
  void workers
    .stop()
    .then(() => services.close())
    .then(() => process.exit(0));
});
process.stdout.write("working\n");
