import { readFileSync, statSync } from "node:fs";
import { resolve } from "node:path";
import { Secret } from "../../kernel/secret.ts";
import { utf8, wasNotUtf8 } from "../../kernel/utf8.ts";
import type { OptionFault } from "../option-faults.ts";
import type { Path, SiteFile } from "./site-file.ts";

/** A secret or a key is short. */
const MAX_BYTES = 64 * 1024;

type Environment = Readonly<Record<string, string | undefined>>;

/** Reads what a file refers to. What is missing becomes a fault, with all others. */
export class References {
  readonly faults: OptionFault[] = [];
  readonly #file: SiteFile;
  readonly #environment: Environment;

  constructor(file: SiteFile, environment: Environment) {
    this.#file = file;
    this.#environment = environment;
  }

  add(path: Path, message: string): void {
    this.faults.push(this.#file.fault(path, message));
  }

  /** The path of a `file:`. */
  placeOf(reference: string): string {
    return resolve(this.#file.directory, reference.replace(/^file:/, ""));
  }

  /** The secret behind `env:` or `file:`, without ends of line; null for one that is missing, and for none. */
  secret(reference: string | undefined, path: Path): Secret | null {
    const text =
      reference === undefined
        ? null
        : reference.startsWith("env:")
          ? this.#ofVariable(reference.slice(4), path)
          : this.text(reference, path);
    return text === null ? null : new Secret(text.replace(/[\r\n]+$/, ""));
  }

  #ofVariable(name: string, path: Path): string | null {
    const value = this.#environment[name] ?? "";
    if (value === "" || wasNotUtf8(value)) {
      this.add(path, `the variable ${name} is not ${value === "" ? "set" : "in UTF-8"}`);
      return null;
    }
    return value;
  }

  /** The text behind `file:`; null where it cannot be read. */
  text(reference: string, path: Path): string | null {
    const place = this.placeOf(reference);
    try {
      const text = statSync(place).size > MAX_BYTES ? "" : utf8(readFileSync(place));
      if (text !== null && text.trim() !== "") {
        return text;
      }
      const size = `empty, or has more than ${String(MAX_BYTES / 1024)} KiB`;
      this.add(path, `the file ${place} is ${text === null ? "not in UTF-8" : size}`);
    } catch {
      this.add(path, `the file ${place} cannot be read`);
    }
    return null;
  }
}
