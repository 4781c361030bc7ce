import { closeSync, constants, fstatSync, openSync, readSync } from "node:fs";
import { codeOf } from "../../kernel/errors.ts";
import { exposureOf, currentReader } from "../../kernel/private-file.ts";
import type { Setting } from "./setting.ts";

type Environment = Readonly<Record<string, string | undefined>>;

/** Far more than a private key has. A wrong path may name a log or an endless device. */
const MAX_BYTES = 64 * 1024;

/** The name of the setting whose value is a file with the value of `name`. */
export const fileSettingOf = (name: string): string => `${name}_FILE`;

/** The environment, with values from files filled in. */
export interface WithFiles {
  readonly given: Environment;
  /** One line each, starting with the name of the setting that names the file. */
  readonly faults: readonly string[];
  /** Settings whose value comes from a file. */
  readonly fromFiles: ReadonlySet<string>;
}

/** Reads the value of each secret setting whose `…_FILE` is given. `isStrict` refuses files that others may read. */
export function withSecretFiles(
  given: Environment,
  table: readonly Setting[],
  { isStrict }: { isStrict: boolean },
): WithFiles {
  const found = table.flatMap(({ name, secret }) => {
    const file = given[fileSettingOf(name)];
    if (secret === undefined || file === undefined) {
      return [];
    }
    const twice = { fault: `${name} is set too; leave one of them away` };
    return [{ name, read: given[name] === undefined ? readValue(file, { isStrict, secret }) : twice }];
  });
  const values = Object.fromEntries(
    found.flatMap(({ name, read }) => ("value" in read ? [[name, read.value]] : [])),
  );
  const faults = found.flatMap(({ name, read }) =>
    "fault" in read ? [`${fileSettingOf(name)}: ${read.fault}`] : [],
  );
  return { given: { ...given, ...values }, faults, fromFiles: new Set(Object.keys(values)) };
}

type Read = { readonly value: string } | { readonly fault: string };

function readValue(
  file: string,
  { isStrict, secret }: { isStrict: boolean; secret: NonNullable<Setting["secret"]> },
): Read {
  const read = readWhole(file, isStrict);
  if (typeof read !== "string") {
    return read;
  }
  // Editors and `echo` add a newline.
  const value = read.replace(/[\r\n]+$/, "");
  if (value === "") {
    return { fault: `${file} is empty` };
  }
  return secret === "line" && /[\r\n]/.test(value) ? { fault: `${file} has more than one line` } : { value };
}

/** Checks and reads the same open descriptor, so that the file cannot be swapped in between. */
function readWhole(file: string, isStrict: boolean): string | { readonly fault: string } {
  let descriptor: number | null = null;
  try {
    // Without O_NONBLOCK the start would wait until a process writes to a named pipe.
    descriptor = openSync(file, constants.O_RDONLY | constants.O_NONBLOCK);
    const stats = fstatSync(descriptor);
    if (!stats.isFile()) {
      return { fault: `${file} is not a file` };
    }
    const exposure = isStrict ? exposureOf(stats, currentReader()) : null;
    if (exposure !== null) {
      return { fault: `${file} ${exposure.problem}; production refuses that: ${exposure.advice(file)}` };
    }
    const bytes = Buffer.alloc(MAX_BYTES + 1);
    const length = readSync(descriptor, bytes, 0, bytes.length, 0);
    return length > MAX_BYTES
      ? { fault: `${file} is larger than ${String(MAX_BYTES / 1024)} KiB` }
      : textOf(bytes.subarray(0, length), file);
  } catch (error) {
    return { fault: `${file} ${REASONS[codeOf(error) ?? ""] ?? "cannot be read"}` };
  } finally {
    if (descriptor !== null) {
      closeSync(descriptor);
    }
  }
}

const REASONS: Readonly<Record<string, string>> = {
  ENOENT: "does not exist",
  ENOTDIR: "does not exist",
  EACCES: "cannot be read: this user has no permission",
};

function textOf(bytes: Buffer, file: string): string | { readonly fault: string } {
  try {
    const text = new TextDecoder("utf-8", { fatal: true }).decode(bytes);
    return text.includes("\0") ? { fault: `${file} is not text` } : text;
  } catch {
    return { fault: `${file} is not text` };
  }
}
