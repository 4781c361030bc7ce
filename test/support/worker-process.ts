import { composeServices } from "../../src/compose.ts";
import { startWorkers } from "../../src/compose-messages.ts";
import { readSettings } from "../../src/settings.ts";
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
