import { createHash } from "node:crypto";
import type { Log } from "../../kernel/log.ts";

interface Deps {
  /** Without the prefix: `https://api.pwnedpasswords.com/range`. */
  readonly url: string;
  /** The guarded fetch, with limits of time and size. Throws when there is no answer. */
  readonly fetch: (url: string, options: RequestInit) => Promise<Response>;
  readonly log: Log;
}

/** Characters of the hash that leave: each prefix is shared by a thousand known passwords, and by more that are not known. */
const PREFIX = 5;

/** One line of an answer: the rest of a hash, and how often it was seen. */
const LINE = /^(?<suffix>[0-9A-F]{35}):(?<count>\d{1,12})$/i;

/**
 * Passwords of known breaches, asked from a service in the range format of "Have I Been Pwned" (k-anonymity). The service
 * does not learn the password, and not even its hash. Without a usable answer the password is accepted, with a line in the
 * log: a service elsewhere must not decide whether users can choose passwords.
 */
export class BreachedPasswords {
  readonly #deps: Deps;

  constructor(deps: Deps) {
    this.#deps = deps;
  }

  /** Whether the password is in a known breach; false without a usable answer. */
  async has(password: string): Promise<boolean> {
    // The form that is hashed for storage. SHA-1 is the format of the service, and protects nothing here.
    const hash = createHash("sha1").update(password.normalize("NFC")).digest("hex").toUpperCase();
    try {
      return (await this.#ask(hash.slice(0, PREFIX))).has(hash.slice(PREFIX));
    } catch (error) {
      this.#deps.log.warn({ error }, "a password could not be compared with known breaches");
      return false;
    }
  }

  /** Why the service cannot be used, or null. Asks for the same range each time, which says nothing about any password. */
  async check(): Promise<string | null> {
    try {
      await this.#ask("0".repeat(PREFIX));
      return null;
    } catch (error) {
      return error instanceof Error && error.message !== "" ? error.message : "there is no answer";
    }
  }

  /** The rest of each known hash with this prefix. Throws when the answer is not usable. */
  async #ask(prefix: string): Promise<ReadonlySet<string>> {
    const { url, fetch } = this.#deps;
    const answer = await fetch(`${url}/${prefix}`, {
      // Padding hides from an observer of the line, by its length, which range was asked for.
      headers: { "add-padding": "true", "user-agent": "Vestibule" },
    });
    if (answer.status !== 200) {
      throw new Error(`the answer has status ${String(answer.status)}`);
    }
    return suffixesIn(await answer.text());
  }
}

/** A page of a network's sign-in is an answer, too: each line has to have the format. The text is in no message. */
function suffixesIn(text: string): ReadonlySet<string> {
  const suffixes = new Set<string>();
  for (const line of text.trim().split(/\r?\n/)) {
    const { suffix, count } = LINE.exec(line)?.groups ?? {};
    if (suffix === undefined) {
      throw new Error("the answer is not a list of hashes");
    }
    // Padding has the count 0.
    if (Number(count) > 0) {
      suffixes.add(suffix.toUpperCase());
    }
  }
  return suffixes;
}
