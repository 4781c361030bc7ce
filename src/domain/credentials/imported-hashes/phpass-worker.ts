import { createHash } from "node:crypto";
import { parentPort } from "node:worker_threads";
import { PHPASS_ALPHABET, type PhpassTask } from "./phpass-hash.ts";

/** Runs in a thread of its own (`phpass-hash.ts`). */
const md5 = (...parts: readonly (string | Buffer)[]): Buffer => {
  const hash = createHash("md5");
  parts.forEach((part) => hash.update(part));
  return hash.digest();
};

/** Base64 in an alphabet and an order of its own: the lowest six bits of three bytes come first. */
function encoded(bytes: Buffer): string {
  const groups = Array.from({ length: Math.ceil(bytes.length / 3) }, (_, place) => {
    const group = bytes.subarray(3 * place, 3 * place + 3);
    const value = group.reduce((sum, byte, at) => sum + byte * 256 ** at, 0);
    return Array.from({ length: group.length + 1 }, (__, at) =>
      PHPASS_ALPHABET.charAt(Math.floor(value / 64 ** at) % 64),
    ).join("");
  });
  return groups.join("");
}

parentPort?.on("message", ({ password, salt, rounds }: PhpassTask) => {
  const typed = Buffer.from(password);
  let derived = md5(salt, typed);
  for (let round = 0; round < rounds; round += 1) {
    derived = md5(derived, typed);
  }
  parentPort?.postMessage(encoded(derived));
});
