import { Help, type Command, type Option } from "commander";
import { print, type Answer } from "./answer.ts";
import { programOf } from "./terminal.ts";

/** The help text of a noun or a verb. */
export interface HelpText {
  /** Name and arguments as commander writes them, for example `show <code>`. */
  readonly usage: string;
  readonly about: string;
  /** Example command lines, without `vestibule`. */
  readonly examples: readonly string[];
}

/** A noun of the command line; its verbs are added to it. */
export function addNoun(program: Command, { usage, about, examples }: HelpText): Command {
  return program
    .command(usage)
    .description(about)
    .helpCommand(false)
    .addHelpText("after", examplesOf(examples));
}

/** A verb, with the options that every verb has. */
export function addVerb(noun: Command, help: HelpText): Command {
  return addNoun(noun, help)
    .option("--json", 'print the result as JSON, and errors as {"error": …} on standard error')
    .option("--debug", "print the stack of an unexpected error");
}

const COMMON = ["--json", "--debug", "--help", "--version"];
const isCommon = ({ long }: Option) => COMMON.includes(long ?? "");

/** For the help: a verb's own options come before the common ones. */
export function ownOptionsFirst(command: Command): Option[] {
  const options = new Help().visibleOptions(command);
  return [...options.filter((option) => !isCommon(option)), ...options.filter(isCommon)];
}

/** The work of a verb: commander passes the arguments, the options, and the command as `this`. */
export type Work<Typed extends unknown[], Result> = (this: Command, ...typed: Typed) => Promise<Result>;

/** Makes an action of a function that returns an answer. */
export function answering<Typed extends unknown[]>(work: Work<Typed, Answer>) {
  return async function (this: Command, ...typed: Typed): Promise<void> {
    const answer = await work.apply(this, typed);
    print(answer, this.opts<{ json?: boolean }>().json === true, programOf(this));
  };
}

/** For an option that may be given several times. */
export const collect = (value: string, before: readonly string[] = []): readonly string[] => [
  ...before,
  value,
];

export function examplesOf(examples: readonly string[]): string {
  const lines = examples.map((example) => `  $ npx vestibule ${example}`);
  return `\n${examples.length === 1 ? "Example" : "Examples"}:\n${lines.join("\n")}`;
}
