import type { Account } from "./embedded-account.ts";
import { copyNative } from "./embedded-native-copy.ts";
import { isOpenToAll } from "./embedded-native-files.ts";
import { binariesIn, completeNative, findNative, type Binaries } from "./embedded-native.ts";
import type { Place } from "./embedded-place.ts";

/** Finds the programs, completes them, and sees to it that the account can run them. */
export async function findBinaries(place: Place, account: Account | null): Promise<Binaries> {
  const native = findNative();
  const isComplete = await completeNative(native);
  if (isComplete && (account === null || (await isOpenToAll(native)))) {
    return binariesIn(native);
  }
  return binariesIn(await copyNative({ native, place, account }));
}
