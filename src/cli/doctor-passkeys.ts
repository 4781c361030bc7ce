import type { Services } from "../server/wiring/services.ts";
import { now } from "../kernel/clock.ts";
import { ok, warn, type Finding } from "./finding.ts";

const CHECK = "Passkey metadata";
const ADVICE =
  "Type `npx vestibule passkey-metadata update`, best once a month by a timer (docs/passkey-models.md).";

/** Whether what is known of models is of today; nothing where no office asks for it and nothing was ever loaded. */
export async function checkPasskeyMetadata({ stores }: Pick<Services, "stores">): Promise<Finding[]> {
  const loaded = await stores.authenticatorModels.loaded();
  if (loaded === null) {
    return (await stores.authenticatorModels.areNeeded())
      ? [warn(CHECK, "there is none, so offices that list models can have no new passkeys", ADVICE)]
      : [];
  }
  const says = `number ${String(loaded.number)} with ${String(loaded.models)} models; the next one is due on ${loaded.nextUpdate}`;
  return loaded.nextUpdate < now().toISOString().slice(0, 10)
    ? [warn(CHECK, says, ADVICE)]
    : [ok(CHECK, says)];
}
