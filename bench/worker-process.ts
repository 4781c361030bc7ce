import { composeServices } from "../src/server/wiring/services.ts";
import { startWorkers } from "../src/server/wiring/processes.ts";
import { readSettings } from "../src/server/settings/settings.ts";

/** Hands messages over and does nothing else; the bench starts it as a process of its own, and ends it by a signal. */
const services = await composeServices(readSettings(process.env));
const workers = await startWorkers(services);
process.once("SIGTERM", () => {
  void workers
    .stop()
    .then(() => services.close())
    .then(() => process.exit(0));
});
