import { OneThread } from "../../../platform/processes/one-thread.ts";
import { sameBytes } from "../../../kernel/secret.ts";
import type { HashKind } from "./hash-kind.ts";

/** What the thread derives: as many times MD5 as the text says. */
export interface PhpassTask {
  readonly password: string;
  readonly salt: string;
  readonly rounds: number;
}

const FORM = /^\$[PH]\$([./0-9A-Za-z])([./0-9A-Za-z]{8})([./0-9A-Za-z]{22})$/;
export const PHPASS_ALPHABET = "./0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
/** The logarithm of the rounds: phpass makes no fewer, and no more. */
const LN = { least: 7, most: 30 } as const;
const ROUND_MS = 0.001_3;

/** MD5 is synchronous in Node, and thousands of rounds of it are no work for the main thread. */
const thread = new OneThread<PhpassTask, string>({
  queue: 1_000,
  timeoutMs: 20_000,
  script: new URL("./phpass-worker.ts", import.meta.url),
});

/** "Portable" hashes of phpass, as WordPress (`$P$`) and phpBB (`$H$`) have them. */
export const phpassHash: HashKind = {
  name: "phpass",
  begins: /^\$[PH]\$/,
  read(typed) {
    const [, letter = "", salt = "", digest = ""] = FORM.exec(typed) ?? [];
    const ln = PHPASS_ALPHABET.indexOf(letter);
    if (digest === "" || ln < LN.least || ln > LN.most) {
      return null;
    }
    return {
      text: `$P$${letter}${salt}${digest}`,
      cost: { milliseconds: 2 ** ln * ROUND_MS, kibibytes: 1 },
      isWeak: false,
    };
  },
  async verify(text, password) {
    const [, letter = "", salt = "", digest = ""] = FORM.exec(text) ?? [];
    const rounds = 2 ** PHPASS_ALPHABET.indexOf(letter);
    const derived = await thread.ask({ password, salt, rounds });
    return sameBytes(Buffer.from(derived), Buffer.from(digest));
  },
  dummyLike: (text) => `${text.slice(0, 4)}${"e".repeat(8)}${"u".repeat(21)}.`,
};
