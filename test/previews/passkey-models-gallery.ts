import type { Page } from "playwright-core";
import { entryOf, newAuthority } from "../support/attestation.ts";
import { giveMetadata } from "../support/metadata.ts";
import { givePasskey, makePasskeyUser } from "../support/passkeys.ts";
import { makeUser, type TestOffice } from "../support/people.ts";
import { changeOffice } from "../support/second-factor.ts";
import { SoftwareAuthenticator, type MakeOptions } from "../support/software-authenticator.ts";
import { beginInNewOffice } from "./console-gallery.ts";
import { enter, press, preview, type Preview } from "./preview.ts";
import { openAfterPassword } from "./signed-in.ts";
import type { World } from "./world.ts";

const MODELS = {
  "fa2b99dc-9e39-4257-8f92-4a30d23c4118": "YubiKey 5 Series with NFC",
  "c5ef55ff-ad9a-4b9f-b580-adebafe026d0": "YubiKey 5 Series with Lightning",
  "6d44ba9b-f6ec-2e49-b930-0c8fe920cb73": "Security Key by Yubico with NFC",
  "12ded745-4bed-47d4-abaa-e713f51d6393": "Feitian AllinOne FIDO2 Authenticator",
} as const;
const [NFC, , SECURITY_KEY] = Object.keys(MODELS);
const UNKNOWN = "11111111-2222-3333-4444-555555555555";

async function loadModels({ demo }: World): Promise<void> {
  const roots = [await newAuthority("Maker Root")];
  const entries = Object.entries(MODELS).map(([aaguid, name]) => entryOf(aaguid, { name, roots }));
  await giveMetadata(demo.vestibule.services, entries);
}

/** A user sets up a passkey in an office that lists models. */
async function beginWithModels(page: Page, world: World): Promise<void> {
  const { services } = world.demo.vestibule;
  await loadModels(world);
  const user = await makePasskeyUser(services);
  await changeOffice(services, user.office, { passkeyModels: [NFC, SECURITY_KEY].map(String) });
  await openAfterPassword(page, world, user);
  await press(page, page.locator("button.primary"));
}

/** Sends a passkey that only claims to be of a listed model. */
async function claimModel(page: Page, world: World): Promise<void> {
  const form = "document.querySelector('form[data-passkey]')";
  const options = JSON.parse(await page.evaluate<string>(`${form}.dataset.options`)) as MakeOptions;
  const { issuer: origin } = world.demo.vestibule;
  const device = new SoftwareAuthenticator({ origin, ...(NFC === undefined ? {} : { aaguid: NFC }) });
  const answer = JSON.stringify(device.make(options));
  await page.evaluate(`${form}.elements.credential.value = ${answer}; ${form}.submit()`);
  await page.locator("[data-focus]").waitFor();
}

/** The policy of an office that lists models, one of which is not known. */
async function beginAtPolicy(page: Page, world: World): Promise<void> {
  const { services } = world.demo.vestibule;
  await loadModels(world);
  const prepare = async (office: TestOffice) => {
    await changeOffice(services, office, { passkeyModels: [UNKNOWN, String(NFC)] });
    await givePasskey(
      services,
      await makeUser(services, office, { name: "Bram Jansen" }),
      String(SECURITY_KEY),
    );
  };
  await beginInNewOffice(page, world, { path: "/settings/second-factor", prepare });
}

/** The pages of offices that accept certain models of passkeys. */
export const passkeyModels: readonly Preview[] = [
  preview("enrol-passkey-models", beginWithModels),
  preview("enrol-passkey-models-wrong", async (page, world) => {
    await beginWithModels(page, world);
    await claimModel(page, world);
  }),
  preview("console-settings-second-factor-models", async (page, world) => {
    await beginAtPolicy(page, world);
    await page.locator("details summary").last().click();
  }),
  preview("console-settings-second-factor-models-wrong", async (page, world) => {
    await beginAtPolicy(page, world);
    await enter(page, { passkeyModels: "YubiKey" });
  }),
  preview("console-settings-second-factor-look-models", async (page, world) => {
    await beginAtPolicy(page, world);
    await enter(page, { passkeyModels: `YubiKey 5 Series with NFC\n${UNKNOWN}\nfeitian` });
    await page.locator("details summary").last().click();
  }),
];
