import { FACTOR_KINDS } from "../../../src/domain/factors/factor.ts";
import { makeKeyClient, type KeyClient } from "../key-client.ts";
import type { HttpBrowser } from "../http-browser.ts";
import { API, makeApi, MACHINE_OF_API } from "../machine-api.ts";
import { BY_SMS } from "../mobile-numbers.ts";
import { makeApplication, type TestApplication, type TestOffice } from "../people.ts";
import { changeOffice } from "../second-factor.ts";
import { signIn } from "../relying-party.ts";
import type { World } from "../use-vestibule.ts";
import type { Draft } from "./draft.ts";

/** What the seeds of a run share. */
export interface Ground {
  readonly world: World;
  /** A browser in which the world's user is signed in. */
  readonly signedIn: HttpBrowser;
  /** Has to ask its users. */
  readonly foreign: TestApplication;
  readonly device: TestApplication;
  /** Gets tokens for a resource server. */
  readonly machine: TestApplication;
  /** Gets them by a key. */
  readonly keyed: KeyClient;
  /** Demands a second factor. */
  readonly strict: TestOffice;
}

const MACHINE = { ...MACHINE_OF_API, homeUrl: null };

/** Makes a request that is right; the fuzzer spoils one thing of it. */
export type Seed = (ground: Ground) => Promise<Draft>;

export async function makeGround(world: World): Promise<Ground> {
  const { services } = world;
  const strict = await world.makeOffice();
  await changeOffice(services, strict, { secondFactor: { ...BY_SMS, methods: FACTOR_KINDS } });
  const signedIn = world.browser();
  await signIn(signedIn, world.request(), world.user);
  if ((await services.applications.findByResource(API)) === null) {
    await makeApi(services);
  }
  return {
    world,
    signedIn,
    foreign: await makeApplication(services, { name: "Foreign", firstParty: false }),
    device: await makeApplication(services, { type: "native", redirectUris: [], deviceFlow: true }),
    keyed: await makeKeyClient(services, MACHINE),
    machine: await makeApplication(services, MACHINE),
    strict,
  };
}
