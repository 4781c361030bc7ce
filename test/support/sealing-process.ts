import { composeServices } from "../../src/server/wiring/services.ts";
import { readSettings } from "../../src/server/settings/settings.ts";
import { forTests } from "./test-settings.ts";

/** Seals in small steps without a pause, in a process of its own, for tests that run several and kill some. */
const services = await composeServices(forTests(readSettings(process.env), process.env));
process.stdout.write("sealing\n");
let isStopping = false;
process.once("SIGTERM", () => {
  isStopping = true;
});
while (!isStopping) {
  await services.stores.auditSeals.seal(3);
}
await services.close();
process.exit(0);
