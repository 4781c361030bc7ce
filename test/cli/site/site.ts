import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { stringify } from "yaml";
import { runProgram, type Ended, type Installation } from "../installation.ts";

/** What `apply --json` prints. */
export interface Applied {
  readonly groups: readonly {
    readonly title: string;
    readonly changes: readonly {
      readonly what: string;
      readonly subject: string;
      readonly fields: readonly {
        readonly field: string;
        readonly before: unknown;
        readonly after: unknown;
      }[];
    }[];
  }[];
  readonly made: readonly { readonly name: string; readonly id: string; readonly secret: string | null }[];
}

/** Files and variables of the operator who types `apply`. */
export class Operator {
  readonly here: Installation;
  readonly directory: string;
  #count = 0;

  constructor(here: Installation) {
    this.here = here;
    this.directory = join(here.directory, "site");
    mkdirSync(this.directory, { recursive: true });
  }

  /** Returns the path. */
  write(content: object | string, name = `site-${String((this.#count += 1))}.yaml`): string {
    const file = join(this.directory, name);
    writeFileSync(file, typeof content === "string" ? content : stringify(content));
    return file;
  }

  type(
    content: object | string,
    words: readonly string[] = [],
    variables: Readonly<Record<string, string>> = {},
  ): Promise<Ended> {
    const file = this.write(content);
    return runProgram({ ...this.here.environment, ...variables }, ["apply", "--file", file, ...words]);
  }

  /** Applies what has to work. */
  async apply(
    content: object | string,
    words: readonly string[] = [],
    variables: Readonly<Record<string, string>> = {},
  ): Promise<Applied> {
    const { code, out, error } = await this.type(content, [...words, "--json"], variables);
    if (code !== 0) {
      throw new Error(`apply ended with ${String(code)}: ${error}`);
    }
    return JSON.parse(out) as Applied;
  }
}

/** The names of the fields that were changed, by what they belong to. */
export const changed = ({ groups }: Applied): readonly (readonly [string, ...string[]])[] =>
  groups.flatMap(({ changes }) =>
    changes.map(
      ({ what, subject, fields }) =>
        [`${what} ${subject}`, ...fields.map(({ field }) => field)] as [string, ...string[]],
    ),
  );
