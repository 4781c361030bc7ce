import { readFileSync } from "node:fs";
import { join } from "node:path";
import type { Command } from "commander";
import { z } from "zod";
import { codeAt } from "../domain/factors/totp.ts";
import { epochSeconds, now } from "../kernel/clock.ts";
import { codeOf, OperatorError } from "../kernel/errors.ts";
import { readSettings, type Settings } from "../server/settings/settings.ts";
import { addDemoEnd } from "./demo-end.ts";
import { programOf, terminalOf, type Terminal } from "./terminal.ts";
import { addNoun, addVerb } from "./verb.ts";

interface MobileOptions {
  readonly printUrl?: boolean;
  readonly prompt?: string;
  readonly refresh?: boolean;
  readonly json?: boolean;
}

/** `demo`: the mobile application and the codes of the demo, and its end. */
export function addDemoCommands(program: Command): void {
  const noun = addNoun(program, {
    usage: "demo",
    about:
      "the demo applications, while `npx vestibule start` runs in another terminal, and the end of the demo",
    examples: ["demo mobile"],
  });
  addVerb(noun, {
    usage: "mobile",
    about: "sign in from a program, as a mobile application does, and print the claims",
    examples: ["demo mobile", "demo mobile --print-url --refresh"],
  })
    .option("--print-url", "print the address to open instead of opening a browser")
    .option("--prompt <prompt>", '"login" asks for the password again, "none" asks nothing')
    .option("--refresh", "refresh the tokens once after the sign-in")
    .action(mobile);
  addVerb(noun, {
    usage: "code",
    about: "the current code of the demo users' authenticator app, if you have no phone at hand",
    examples: ["demo code"],
  }).action(code);
  addDemoEnd(noun);
}

/** Knows only the key of the demo, so it cannot compute the code of a real user. */
async function code(this: Command, { json }: { json?: boolean }): Promise<void> {
  const { DEMO_TOTP_KEY } = await loadDemo(() => import("../../demo/demo-states.ts"));
  const { environment, output } = terminalOf(this);
  const settings = readSettings(environment);
  if (!settings.demo.enabled) {
    throw new OperatorError("The demo is off (VESTIBULE_DEMO).");
  }
  demoClientId(settings);
  const at = codeAt(DEMO_TOTP_KEY, epochSeconds(now()));
  output.write(`${json === true ? JSON.stringify({ code: at }) : at}\n`);
}

async function mobile(this: Command, options: MobileOptions): Promise<void> {
  const program = programOf(this);
  const settings = readSettings(program.terminal.environment);
  const clientId = demoClientId(settings);
  if (options.json === true) {
    await mobileAsJson({ issuer: settings.issuer, clientId }, options, program.terminal);
    return;
  }
  const { main } = await loadDemo(() => import("../../demo/mobile-application.ts"));
  program.exitCode = await main([
    ...["--issuer", settings.issuer, "--client-id", clientId],
    ...(options.printUrl === true ? ["--print-url"] : []),
    ...(options.prompt === undefined ? [] : ["--prompt", options.prompt]),
    ...(options.refresh === true ? ["--refresh"] : []),
  ]);
}

async function mobileAsJson(
  { issuer, clientId }: { readonly issuer: string; readonly clientId: string },
  options: MobileOptions,
  { output, errorOutput }: Terminal,
): Promise<void> {
  const { runMobileSignIn } = await loadDemo(() => import("../../demo/mobile-application.ts"));
  const { openSystemBrowser } = await loadDemo(() => import("../../demo/system-browser.ts"));
  const { describeError } = await loadDemo(() => import("../../demo/describe-error.ts"));
  const openBrowser = async (url: string) => {
    if (options.printUrl === true || !(await openSystemBrowser(url))) {
      errorOutput.write(`Open this address in your browser:\n\n${url}\n\n`);
    }
  };
  const { refresh = false } = options;
  const prompt = promptOf(options);
  try {
    const result = await runMobileSignIn({ issuer, clientId, openBrowser, prompt, refresh });
    output.write(`${JSON.stringify(result, null, 2)}\n`);
  } catch (error) {
    const { title, advice, technical } = describeError(error);
    throw new OperatorError(`${title}. ${advice} (${technical})`, { cause: error });
  }
}

function promptOf({ prompt }: MobileOptions): "login" | "none" | undefined {
  if (prompt === undefined || prompt === "login" || prompt === "none") {
    return prompt;
  }
  throw new OperatorError('--prompt is "login" or "none".');
}

const fileSchema = z.object({ mobileId: z.string() });

function demoClientId({ dataDir }: Settings): string {
  const file = join(dataDir, "demo.json");
  try {
    return fileSchema.parse(JSON.parse(readFileSync(file, "utf8"))).mobileId;
  } catch (error) {
    throw new OperatorError(
      `The demo was never started here (${file} is missing or damaged). Run "npx vestibule start" in another terminal first.`,
      { cause: error },
    );
  }
}

/** Production packages and the container do not include the demo. */
async function loadDemo<Loaded>(load: () => Promise<Loaded>): Promise<Loaded> {
  try {
    return await load();
  } catch (error) {
    throw codeOf(error) === "ERR_MODULE_NOT_FOUND"
      ? new OperatorError(
          "The demo is no part of this installation. Use a checkout with its development dependencies.",
          {
            cause: error,
          },
        )
      : error;
  }
}
