import { readFileSync } from "node:fs";
import { join } from "node:path";
import { z } from "zod";
import { PROJECT } from "./project-copy.ts";

/** One instruction, with its continued lines in one. */
interface Instruction {
  readonly name: string;
  readonly rest: string;
}

/** The instructions of the project's Dockerfile, in their order. */
export function readDockerfile(): readonly Instruction[] {
  const text = readFileSync(join(PROJECT, "Dockerfile"), "utf8");
  return text
    .replaceAll(/^#.*\n/gm, "")
    .replaceAll(/\\\n\s*/g, "")
    .split("\n")
    .flatMap((line) => {
      const [, name, rest] = /^([A-Z]+) +(.*)$/.exec(line) ?? [];
      return name === undefined || rest === undefined ? [] : [{ name, rest }];
    });
}

/** `KEY=value` pairs of all instructions of a name, such as ENV. */
export function pairsOf(name: string): Record<string, string> {
  const pairs = all(name).flatMap((rest) => [...rest.matchAll(/([\w.]+)=(?:"([^"]*)"|(\S+))/g)]);
  return Object.fromEntries(pairs.map(([, key = "", quoted, plain]) => [key, quoted ?? plain ?? ""]));
}

/** The words of an instruction in its JSON form, such as ENTRYPOINT. */
export function wordsOf(name: string): string[] {
  const rest = only(name);
  return z.array(z.string()).parse(JSON.parse(rest.slice(rest.indexOf("["))));
}

/** The one instruction of a name. */
export function only(name: string): string {
  const [rest, ...more] = all(name);
  if (rest === undefined || more.length > 0) {
    throw new Error(`The Dockerfile has not one ${name}.`);
  }
  return rest;
}

const all = (name: string): string[] =>
  readDockerfile()
    .filter((instruction) => instruction.name === name)
    .map(({ rest }) => rest);
