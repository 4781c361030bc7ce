import { randomBytes } from "node:crypto";
import { now } from "../../src/kernel/clock.ts";
import type { OfficeSecondFactor } from "../../src/domain/offices/office.ts";
import type { Services } from "../../src/server/wiring/services.ts";
import { makeOffice, makeUser, type TestOffice, type TestUser } from "./people.ts";
import type { HttpBrowser, Page } from "./http-browser.ts";
import { changeOffice, sendForm } from "./second-factor.ts";
import type { SoftwareAuthenticator } from "./software-authenticator.ts";
import { type MakeOptions, type Otherwise, type UseOptions } from "./software-authenticator.ts";
import { decoded } from "./english.ts";

/** Required at once, by whatever there is. */
const BY_PASSKEY: OfficeSecondFactor = {
  demand: "required",
  from: null,
  methods: ["passkey", "totp", "sms"],
};

/** An office that accepts passkeys beside the other methods. */
async function makePasskeyOffice(
  services: Services,
  secondFactor: OfficeSecondFactor = BY_PASSKEY,
): Promise<TestOffice> {
  const office = await makeOffice(services);
  await changeOffice(services, office, { secondFactor });
  return office;
}

export const makePasskeyUser = async (services: Services, mail?: string): Promise<TestUser> =>
  makeUser(services, await makePasskeyOffice(services), mail === undefined ? {} : { mail });

/** Gives a user a passkey of a model, as the pages would. */
export async function givePasskey(services: Services, user: TestUser, aaguid: string): Promise<void> {
  const owner = { id: user.id, officeId: user.office.id };
  const passkey = {
    ...{ id: randomBytes(32), publicKey: randomBytes(77), counter: 0, isSynced: true },
    ...({ transports: ["internal"] } as const),
    aaguid,
  };
  await services.database.inOffice(owner.officeId, (tx) =>
    services.stores.passkeys.add(tx, owner, { passkey, at: now(), most: 20 }),
  );
}

/** What the page would hand to the browser. */
export function ceremonyOn({ body }: Page): MakeOptions & UseOptions {
  const options = /data-options="([^"]+)"/.exec(body)?.[1];
  if (options === undefined) {
    throw new Error("The page asks for no passkey.");
  }
  return JSON.parse(decoded(options)) as MakeOptions & UseOptions;
}

/** Sends the form of a page that sets a passkey up. */
export const makeOn = (
  browser: HttpBrowser,
  page: Page,
  device: SoftwareAuthenticator,
  otherwise: Otherwise = {},
): Promise<Page> => sendForm(browser, page, { credential: device.make(ceremonyOn(page), otherwise) });

/** Sends the form of a page that asks for a passkey. */
export const useOn = (
  browser: HttpBrowser,
  page: Page,
  device: SoftwareAuthenticator,
  otherwise: Otherwise = {},
): Promise<Page> => sendForm(browser, page, { credential: device.use(ceremonyOn(page), otherwise) });
