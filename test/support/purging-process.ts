import { composeServices } from "../../src/server/wiring/services.ts";
import { purgesOf } from "../../src/server/wiring/processes.ts";
import { readSettings } from "../../src/server/settings/settings.ts";

/** Removes once whatever is over, in a process of its own, for tests that give it a wrong clock. */
const services = await composeServices(readSettings(process.env));
for (const purge of purgesOf(services)) {
  await purge(10_000);
}
// The keys' own purge runs with their rotation; nothing is old enough to be rotated here.
await services.signingKeys.rotateDue(100_000, () => Promise.resolve());
await services.close();
