import { HttpBrowser } from "./http-browser.ts";
import {
  makeApplication,
  makeOffice,
  makeUser,
  type TestApplication,
  type TestOffice,
  type TestUser,
} from "./people.ts";
import { authorizationRequest, signIn, type Request } from "./relying-party.ts";
import { onceMade, useResource } from "./suite-resource.ts";
import { startServices, startVestibule, type TestVestibule } from "./vestibule.ts";

/** What a suite's world is made of before its first test. `{}` asks for one with the defaults; a user comes with an office. */
export interface WorldOptions {
  /** Settings as environment variables, beside those of every test; a function may read what was opened before. */
  readonly settings?: Record<string, string> | (() => Record<string, string>);
  readonly office?: Parameters<typeof makeOffice>[1];
  readonly user?: Parameters<typeof makeUser>[2];
  readonly application?: Parameters<typeof makeApplication>[1];
}

type RequestChanges = Readonly<Record<string, string | null>>;

/** A running Vestibule with the office, the user and the application that its options ask for. */
export interface World extends TestVestibule {
  readonly office: TestOffice;
  readonly user: TestUser;
  readonly application: TestApplication;
  /** Another office. */
  makeOffice(changes?: WorldOptions["office"]): Promise<TestOffice>;
  /** Another user, of the world's office unless another is given. */
  makeUser(changes?: WorldOptions["user"], office?: TestOffice): Promise<TestUser>;
  /** Another application, of the platform unless an office's id is given. */
  makeApplication(changes?: WorldOptions["application"], officeId?: string | null): Promise<TestApplication>;
  /** A browser without cookies; another port is another server of the same installation. */
  browser(port?: number): HttpBrowser;
  /** An authorization request of the world's application, unless another is given; `changes` replace parameters. */
  request(changes?: RequestChanges, application?: TestApplication): Request;
  /** Signs in with the password, to the redirect that carries the code. */
  signIn(browser: HttpBrowser, request?: Request, user?: TestUser): Promise<URL>;
}

interface Made {
  readonly vestibule: TestVestibule;
  readonly office: TestOffice | null;
  readonly user: TestUser | null;
  readonly application: TestApplication | null;
}

/** Starts a Vestibule before the suite's tests and stops it after them. Call it inside `describe`. */
export function useVestibule(options: WorldOptions = {}): World {
  return useWorld(startVestibule, options);
}

/** The same world without a web server. */
export function useServices(options: WorldOptions = {}): World {
  return useWorld(startServices, options);
}

function useWorld(start: typeof startVestibule, options: WorldOptions): World {
  return worldOf(
    useResource(
      () => make(start, options),
      ({ vestibule }) => vestibule.stop(),
    ),
  );
}

async function make(
  start: typeof startVestibule,
  { settings, office, user, application }: WorldOptions,
): Promise<Made> {
  const vestibule = await start(typeof settings === "function" ? settings() : settings);
  try {
    const { services } = vestibule;
    const home = office === undefined && user === undefined ? null : await makeOffice(services, office);
    return {
      vestibule,
      office: home,
      user: home === null || user === undefined ? null : await makeUser(services, home, user),
      application: application === undefined ? null : await makeApplication(services, application),
    };
  } catch (error) {
    await vestibule.stop();
    throw error;
  }
}

function worldOf(made: Made): World {
  const the = <Key extends "office" | "user" | "application">(key: Key) =>
    onceMade<NonNullable<Made[Key]>>(() => {
      const found = made[key];
      if (found === null) {
        throw new Error(`This world has no ${key}: ask for one where it is made.`);
      }
      return found;
    });
  const [office, user, application] = [the("office"), the("user"), the("application")];
  const services = onceMade(() => made.vestibule.services);
  return {
    get issuer() {
      return made.vestibule.issuer;
    },
    get environment() {
      return made.vestibule.environment;
    },
    settings: onceMade(() => made.vestibule.settings),
    services,
    database: onceMade(() => made.vestibule.database),
    office,
    user,
    application,
    stop: () => made.vestibule.stop(),
    makeOffice: (changes) => makeOffice(services, changes),
    makeUser: (changes, of = office) => makeUser(services, of, changes),
    makeApplication: (changes, officeId) => makeApplication(services, changes, officeId),
    browser: (port) => {
      const { issuer, settings } = made.vestibule;
      return new HttpBrowser(issuer, port ?? settings.port);
    },
    request: (changes, of = application) => authorizationRequest(made.vestibule.issuer, of, changes),
    signIn: (browser, request, as = user) =>
      signIn(browser, request ?? authorizationRequest(browser.issuer, application), as),
  };
}
