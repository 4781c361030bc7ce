import { execFileSync } from "node:child_process";
import { chmodSync, existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { placeOf, startProgram, type Example } from "./example.ts";
import { makeApplication, type TestApplication } from "./people.ts";
import { type TestVestibule } from "./vestibule.ts";
import { freePort } from "./free-port.ts";

/** An application that another project's library signs people in to, as that library's documentation has it. */
export interface ForeignClient {
  readonly name: string;
  readonly settings: (here: string) => Readonly<Record<string, unknown>>;
  readonly start: (environment: Readonly<Record<string, string>>) => Example;
  /** What is missing on this machine, or null. */
  readonly missing: () => string | null;
}

/** A client that runs, and what it is registered as. */
export interface RunningClient {
  readonly here: string;
  readonly application: TestApplication;
  stop(): Promise<void>;
}

/** Registers a client and starts it. */
export async function startClient(vestibule: TestVestibule, client: ForeignClient): Promise<RunningClient> {
  const port = String(await freePort());
  const here = `http://localhost:${port}`;
  const application = await makeApplication(vestibule.services, { homeUrl: here, ...client.settings(here) });
  const program = client.start({
    ISSUER: vestibule.issuer,
    CLIENT_ID: application.id,
    CLIENT_SECRET: application.secret ?? "",
    PORT: port,
  });
  await program.says(/^open |resuming normal operations/m);
  return { here, application, stop: () => program.stop() };
}

const nothingMissing = () => null;
const place = (file: string) => placeOf(`test/foreign-clients/${file}`);

/** One that comes from npm. */
export function nodeClient(name: string, file: string, settings: ForeignClient["settings"]): ForeignClient {
  const start: ForeignClient["start"] = (environment) =>
    startProgram([process.execPath, place(file)], environment);
  return { name, settings, start, missing: nothingMissing };
}

/** Authlib for Flask, from Debian. */
export const authlib: ForeignClient = {
  name: "Authlib",
  settings: (here) => ({ redirectUris: [`${here}/callback`], postLogoutRedirectUris: [`${here}/`] }),
  start: (environment) => startProgram(["/usr/bin/python3", place("flask-authlib.py")], environment),
  missing: () =>
    runs("/usr/bin/python3", "-c", "import authlib, flask") ? null : "python3-authlib and python3-flask",
};

const APACHE = "/usr/sbin/apache2";
const MODULE = "/usr/lib/apache2/modules/mod_auth_openidc.so";

/** Apache with mod_auth_openidc, from Debian. */
export const modAuthOpenidc: ForeignClient = {
  name: "mod_auth_openidc",
  settings: (here) => ({ redirectUris: [`${here}/callback`], postLogoutRedirectUris: [`${here}/`] }),
  start: startApache,
  missing: () =>
    existsSync(APACHE) && existsSync(MODULE) ? null : "apache2 and libapache2-mod-auth-openidc",
};

function startApache(environment: Readonly<Record<string, string>>): Example {
  const directory = mkdtempSync(join(tmpdir(), "vestibule-apache-"));
  chmodSync(directory, 0o755);
  mkdirSync(join(directory, "site"));
  writeFileSync(
    join(directory, "site/index.html"),
    'Nobody is signed in. <a href="/person.shtml">Sign in here</a>',
  );
  writeFileSync(
    join(directory, "site/person.shtml"),
    'Hello <!--#echo var="OIDC_CLAIM_name" -->, <!--#echo var="OIDC_CLAIM_email" -->. ' +
      `<a href="/callback?logout=http://localhost:${environment["PORT"] ?? ""}/">Sign out here</a>`,
  );
  const started = startProgram([APACHE, "-f", place("mod-auth-openidc.conf"), "-DFOREGROUND"], {
    ...environment,
    PLACE: directory,
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
