// The demo mobile application: a public client, as an app on a telephone or a desktop is one. It has no
// secret; it proves with PKCE that the code it redeems is its own (RFC 7636, RFC 8252). Start it with --help
// to see how. Here is the command line; the sign-in itself is in `mobile-sign-in.ts`.
import { parseArgs } from "node:util";
import { describeClaims, displayName, describeDate } from "./describe-claims.ts";
import { describeError } from "./describe-error.ts";
import { SignInTimeout } from "./loopback-listener.ts";
import {
  type MobileSignInResult,
  runMobileSignIn,
  signInTimeoutMs,
  type TokenLifetimes,
} from "./mobile-sign-in.ts";
import { openSystemBrowser } from "./system-browser.ts";

export { runMobileSignIn } from "./mobile-sign-in.ts";

const usage = `Signs you in with your browser and prints what the application learns about you.

Usage: node demo/mobile-application.ts --issuer URL --client-id ID [options]

  --issuer URL      the address of the identity provider
  --client-id ID    the identifier of this application there
  --print-url       print the address to open instead of opening a browser
  --prompt VALUE    "login" asks for the password again, "none" asks nothing
  --refresh         refresh the tokens once after the sign-in
  --help            show this text`;

interface CommandLine {
  readonly issuer: string;
  readonly clientId: string;
  readonly printUrl: boolean;
  readonly prompt: "login" | "none" | undefined;
  readonly refresh: boolean;
}

/** A command line that cannot be used; the message says what to change. */
class WrongUsage extends Error {}

/** Returns the exit code. */
export async function main(parameters: string[]): Promise<number> {
  try {
    const options = readCommandLine(parameters);
    if (!options) {
      console.log(usage);
      return 0;
    }
    const openBrowser = (address: string) => showInBrowser(address, options.printUrl);
    const result = await runMobileSignIn({ ...options, openBrowser });
    console.log(resultInWords(result));
    return 0;
  } catch (error) {
    console.error(failureInWords(error));
    return 1;
  }
}

/** `undefined` asks for the help text. */
function readCommandLine(parameters: string[]): CommandLine | undefined {
  const { values } = parse(parameters);
  if (values.help) return undefined;
  const { issuer = "", "client-id": clientId = "", prompt } = values;
  if (!/^https?:$/.test(URL.parse(issuer)?.protocol ?? "")) {
    throw new WrongUsage("--issuer needs the address of the identity provider");
  }
  if (clientId === "") throw new WrongUsage("--client-id needs the identifier of this application");
  if (prompt !== undefined && prompt !== "login" && prompt !== "none") {
    throw new WrongUsage('--prompt is "login" or "none"');
  }
  const { "print-url": printUrl = false, refresh = false } = values;
  return { issuer, clientId, printUrl, prompt, refresh };
}

function parse(args: string[]) {
  const options = {
    issuer: { type: "string" },
    "client-id": { type: "string" },
    "print-url": { type: "boolean" },
    prompt: { type: "string" },
    refresh: { type: "boolean" },
    help: { type: "boolean" },
  } as const;
  try {
    return parseArgs({ args, options });
  } catch (error) {
    throw new WrongUsage(error instanceof Error ? error.message : "the options cannot be read");
  }
}

async function showInBrowser(address: string, printOnly: boolean): Promise<void> {
  const isOpen = !printOnly && (await openSystemBrowser(address));
  console.log(
    isOpen ? "Your browser opens: sign in there." : `Open this address in your browser:\n\n${address}\n`,
  );
  const until = describeDate(new Date(Date.now() + signInTimeoutMs));
  console.log(`Waiting for you, at most ${signInTimeoutMs / 60_000} minutes (until ${until}). Ctrl-C stops.`);
}

function resultInWords({ claims, tokens, refreshed }: MobileSignInResult): string {
  return [
    `\nSigned in as ${printable(displayName(claims))}\n`,
    ...lines(describeClaims(claims)),
    "\nTokens\n",
    ...describeTokens(tokens),
    ...(refreshed ? ["\nTokens after the refresh\n", ...describeTokens(refreshed)] : []),
    "\nThis program keeps no tokens: they were handed back.",
  ].join("\n");
}

function describeTokens({ accessTokenSeconds, idTokenSeconds, hasRefreshToken }: TokenLifetimes): string[] {
  return lines([
    { label: "Access token", value: lifetime(accessTokenSeconds) },
    { label: "ID token", value: lifetime(idTokenSeconds) },
    { label: "Refresh token", value: hasRefreshToken ? "yes" : "none" },
  ]);
}

function lifetime(seconds: number | undefined): string {
  if (seconds === undefined) return "lifetime not given";
  return seconds < 120 ? `valid for ${seconds} seconds` : `valid for ${Math.round(seconds / 60)} minutes`;
}

function lines(rows: readonly { label: string; value: string }[]): string[] {
  return rows.map(({ label, value }) => `  ${label.padEnd(28)}${printable(value)}`);
}

// What comes from outside must not be able to steer the terminal.
function printable(text: string): string {
  return text.replace(/\p{Cc}/gu, " ");
}

function failureInWords(error: unknown): string {
  if (error instanceof WrongUsage) return `${error.message}; --help shows all options`;
  if (error instanceof SignInTimeout) return "The browser did not come back in time. Start again.";
  const { title, advice, technical } = describeError(error);
  return printable(`${title}. ${advice} (${technical})`);
}

if (import.meta.main) process.exitCode = await main(process.argv.slice(2));
