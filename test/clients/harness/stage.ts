import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { freePort } from "../../support/free-port.ts";
import { makeApplication, type TestApplication } from "../../support/people.ts";
import { authorizationRequest } from "../../support/relying-party.ts";
import { COLUMNS, type Client, type Column } from "./client.ts";
import type { House } from "./house.ts";
import { startProgram, type Program, type Start } from "./program.ts";
import type { Heard } from "./recorder.ts";
import { Walker, type Answer } from "./walker.ts";

/** `--show` prints what the clients have said, to find a fault. */
const isShowing = process.argv.includes("--show");

/** How a column went: null says that it passed, a text what went wrong. */
export type Result = Readonly<Partial<Record<Column, string | null>>>;

/** An application as it was registered for a client. */
export interface Registered extends TestApplication {
  readonly draft: Readonly<Record<string, unknown>>;
}

/** What one client is run with: an issuer, a port of its own, and a person with a browser. */
export class Stage {
  readonly issuer: string;
  readonly house: House;
  /** Where the client's application listens. */
  readonly port: number;
  readonly here: string;
  /** A folder of its own, removed afterwards. */
  readonly place: string;
  readonly registered: Registered[] = [];
  readonly #result: Partial<Record<Column, string | null>> = {};
  readonly #programs: Program[] = [];

  constructor(house: House, port: number) {
    this.house = house;
    this.issuer = house.issuer;
    this.port = port;
    this.here = `http://localhost:${String(port)}`;
    this.place = mkdtempSync(join(tmpdir(), "vestibule-client-"));
  }

  /** Registers an application, as `npx vestibule app add` does. */
  async register(draft: Readonly<Record<string, unknown>>): Promise<Registered> {
    const made = await makeApplication(this.house.vestibule.services, { homeUrl: `${this.here}/`, ...draft });
    const registered = { ...made, draft };
    this.registered.push(registered);
    return registered;
  }

  /** Starts a program that ends with the run. It trusts the authority of an https issuer. */
  start(command: readonly string[], { environment, ...more }: Start = {}): Program {
    const { file } = this.house.ca;
    const trust = file === "" ? {} : { SSL_CERT_FILE: file, NODE_EXTRA_CA_CERTS: file };
    const program = startProgram(command, { ...more, environment: { ...trust, ...environment } });
    this.#programs.push(program);
    return program;
  }

  /** A browser at which the person answers Vestibule's pages; `others` answers those of a broker, by origin. */
  browser(others: ReadonlyMap<string, Answer> = new Map()): Walker {
    const { username, password, office } = this.house.person;
    const own: Answer = ({ fields }) => {
      if ("password" in fields) {
        return { officeCode: office.code, username, password };
      }
      return fields["decision"] === "allow" || "logout" in fields || "user_code" in fields ? {} : null;
    };
    return new Walker(new Map([[this.issuer, own], ...others]), this.house.ca.text);
  }

  /** Throws while the browser has a session here: the application would be signed in to without a page. */
  async expectSignedOut(browser: Walker): Promise<void> {
    const [application] = this.registered;
    const asked = application ?? { id: "", redirectUri: "" };
    const { url } = authorizationRequest(this.issuer, asked, { prompt: "none", scope: "openid" });
    const { location, status } = await browser.send("GET", url);
    this.house.recorder.forgetLast();
    if (!location.includes("error=login_required")) {
      throw new Error(`The session here goes on: ${String(status)} ${location}`);
    }
  }

  /** Tries one column. What it throws is told with the last refusal of Vestibule; the columns behind it are tried too. */
  async check(column: Column, work: () => Promise<void>): Promise<void> {
    if (this.#result["sign-in"] !== undefined && this.#result["sign-in"] !== null) {
      this.#result[column] = "not reached";
      return;
    }
    const before = this.house.recorder.heard.length;
    try {
      await work();
      this.#result[column] = null;
    } catch (error) {
      this.fail(column, error, before);
    }
  }

  /** Notes what went wrong, with the last refusal of Vestibule after the request number `since`. */
  fail(column: Column, error: unknown, since = 0): void {
    const refused = this.house.recorder.heard.slice(since).filter(isRefusal).at(-1);
    const said = error instanceof Error ? error.message : String(error);
    this.#result[column] = refused === undefined ? said : `${said} (${described(refused)})`;
  }

  result(): Result {
    return this.#result;
  }

  async end(): Promise<void> {
    for (const program of this.#programs.reverse()) {
      if (isShowing) {
        console.log(program.said());
      }
      await program.stop();
    }
    rmSync(this.place, { recursive: true, force: true });
  }
}

/** Runs one client to its end. */
export async function perform(client: Client, house: House): Promise<Stage> {
  const stage = new Stage(house, await freePort());
  house.recorder.forget();
  try {
    await client.run(stage);
  } catch (error) {
    const missing = COLUMNS.find((column) => client.columns.includes(column) && !(column in stage.result()));
    stage.fail(missing ?? "sign-in", error);
  } finally {
    await stage.end();
  }
  return stage;
}

const isRefusal = ({ status, path, query }: Heard): boolean =>
  (status >= 400 && !path.endsWith("favicon.ico")) || query["error"] !== undefined;

const described = ({ method, path, status, answer }: Heard): string => {
  const [, description = ""] = /"error_description":"([^"]*)"/.exec(answer) ?? [];
  const [, heading = ""] = /<h1>([^<]*)<\/h1>/.exec(answer) ?? [];
  return `${method} ${path}: ${String(status)} ${description}${heading}`.trim();
};
