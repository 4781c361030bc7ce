import { execFileSync } from "node:child_process";
import { chmodSync, existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { RESOURCE_SERVER_SNIPPETS, snippetsOf } from "../../src/domain/applications/snippets.ts";
import { placeOf, startProgram, type Example } from "./example.ts";
import { freePort } from "./free-port.ts";
import { makeApplication, type TestApplication } from "./people.ts";
import type { Front } from "./recorded-issuer.ts";
import type { World } from "./use-vestibule.ts";

/** A program that a snippet is put into as it is written. */
export interface Host {
  /** The command that starts it, with the snippet as the file SNIPPET of its environment. */
  readonly command: readonly string[];
  /** What is missing on this machine, or null. */
  readonly missing: () => string | null;
  /** Makes the files that its site shows, in the directory PLACE of its environment. */
  readonly prepare?: (place: string) => void;
}

const place = (file: string) => placeOf(`test/foreign-clients/${file}`);
const nothingMissing = () => null;

export const express: Host = {
  command: [process.execPath, place("express-host.js")],
  missing: nothingMissing,
};
export const webPage: Host = { command: [process.execPath, place("page-host.js")], missing: nothingMissing };

/** Python and its packages from Debian. */
export const flask = (...packages: readonly string[]): Host => ({
  command: ["/usr/bin/python3", place("flask-host.py")],
  missing: () =>
    runs("/usr/bin/python3", "-c", `import flask, ${packages.join(", ")}`)
      ? null
      : ["python3-flask", ...packages.map((name) => `python3-${name}`)].join(" and "),
});

/** What the commands of a snippet for the shell need. */
export const missingForShell = (): string | null =>
  runs("curl", "--version") && runs("jq", "--version") ? null : "curl or jq";

/** Ruby and its packages from Debian. */
export const sinatra: Host = {
  command: ["/usr/bin/ruby", place("sinatra-host.rb")],
  missing: () =>
    runs(
      "/usr/bin/ruby",
      "-e",
      'require "sinatra/base"; require "omniauth_openid_connect"; require "webrick"',
    )
      ? null
      : "ruby-sinatra, ruby-omniauth-openid-connect and ruby-webrick",
};

const APACHE = "/usr/sbin/apache2";
const MODULE = "/usr/lib/apache2/modules/mod_auth_openidc.so";
const echo = (name: string) => `<!--#echo encoding="none" var="${name}" -->`;

/** Apache with mod_auth_openidc, from Debian. */
export const apache: Host = {
  command: [APACHE, "-f", place("mod-auth-openidc.conf"), "-DFOREGROUND"],
  missing: () =>
    existsSync(APACHE) && existsSync(MODULE) ? null : "apache2 and libapache2-mod-auth-openidc",
  prepare: (directory) => {
    mkdirSync(join(directory, "site"));
    writeFileSync(join(directory, "site/index.html"), "Nobody is signed in.");
    const person = Object.entries({
      iss: "OIDC_CLAIM_iss",
      sub: "OIDC_CLAIM_sub",
      name: "OIDC_CLAIM_name",
      token: "OIDC_access_token",
      user: "REMOTE_USER",
    }).map(([key, name]) => `"${key}":"${echo(name)}"`);
    writeFileSync(join(directory, "site/person.shtml"), `{${person.join(",")}}`);
  },
};

/** A snippet that runs in its host. */
export interface RunningSnippet {
  readonly here: string;
  readonly text: string;
  readonly application: TestApplication;
  stop(): Promise<void>;
}

interface Surroundings {
  readonly vestibule: World;
  readonly front: Front;
}

/** Registers an application, fills its snippet in as the console does, and starts it in its host. */
export async function startSnippet(
  { vestibule, front }: Surroundings,
  host: Host,
  name: string,
  settings: (here: string) => Readonly<Record<string, unknown>>,
): Promise<RunningSnippet> {
  const port = await freePort();
  const here = `http://localhost:${String(port)}`;
  const application = await makeApplication(vestibule.services, { homeUrl: here, ...settings(here) });
  const found = snippetsOf(application.application, vestibule.issuer).find((each) => each.name === name);
  if (found === undefined) {
    throw new Error(`The console shows no snippet ${name} for such an application.`);
  }
  const { text } = found;
  const secret = application.secret ?? "";
  const program = startIn(host, text, { ...front.trusting, CLIENT_SECRET: secret, PORT: String(port) });
  await opened(program);
  return { here, text, application, stop: () => program.stop() };
}

/** A resource server from its own snippet. */
export interface RunningResourceServer {
  readonly resource: string;
  stop(): Promise<void>;
}

/** Registers a resource server at an address of this machine, and starts its snippet there. */
export async function startResourceServer(
  { vestibule, front }: Surroundings,
  host: Host,
  name: string,
): Promise<RunningResourceServer> {
  const tokens = RESOURCE_SERVER_SNIPPETS.find((snippet) => snippet.name === name)?.tokens;
  const port = await freePort();
  const resource = await front.beside(port);
  const { application, secret } = await registerResourceServer(vestibule, resource, tokens);
  const found = snippetsOf(application, vestibule.issuer).find((each) => each.name === name);
  const environment = { ...front.trusting, RESOURCE_SECRET: secret ?? "", PORT: String(port) };
  const program = startIn(host, found?.text ?? "", environment);
  await opened(program);
  return { resource, stop: () => program.stop() };
}

export const registerResourceServer = (
  { services }: Pick<World, "services">,
  resource: string,
  tokens = "jwt",
): Promise<TestApplication> =>
  makeApplication(services, {
    ...{ type: "machine", name: "Invoices", redirectUris: [], firstParty: false },
    ...{
      resourceIdentifier: resource,
      resourceScopes: ["invoices:read", "invoices:write"],
      resourceTokens: tokens,
    },
  });

async function opened(program: Example): Promise<void> {
  try {
    await program.says(/^open |resuming normal operations/m);
  } catch (error) {
    await program.stop();
    throw error;
  }
}

function startIn(host: Host, text: string, environment: Readonly<Record<string, string>>): Example {
  const directory = mkdtempSync(join(tmpdir(), "vestibule-snippet-"));
  chmodSync(directory, 0o755);
  const snippet = join(directory, "snippet.mjs");
  writeFileSync(snippet, `${text}\n`);
  host.prepare?.(directory);
  const secret = "a long and random string of this test, and it needs sixty-four characters";
  const started = startProgram(host.command, {
    ...{ SNIPPET: snippet, PLACE: directory, SESSION_SECRET: secret, PASSPHRASE: secret, HOME: directory },
    ...environment,
  });
  return {
    ...started,
    stop: async () => {
      await started.stop();
      rmSync(directory, { recursive: true, force: true });
    },
  };
}

function runs(program: string, ...args: readonly string[]): boolean {
  try {
    execFileSync(program, args, { stdio: "ignore" });
    return true;
  } catch {
    return false;
  }
}
