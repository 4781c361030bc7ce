import type { Account } from "./embedded-account.ts";
import { copyNative } from "./embedded-native-copy.ts";
import { isOpenToAll } from "./embedded-native-files.ts";
import { binariesIn, completeNative, findNative, type Binaries } from "./embedded-native.ts";
import type { Place } from "./embedded-place.ts";

/** Finds PostgreSQL's programs, completes their installation, and copies them if the account cannot run them where they are. */
export async function findBinaries(place: Place, account: Account | null): Promise<Binaries> {
  const native = findNative();
  const isComplete = await completeNative(native);
  if (isComplete && (account === null || (await isOpenToAll(native)))) {
    return binariesIn(native);
  }
  return binariesIn(await copyNative({ native, place, account }));
}
