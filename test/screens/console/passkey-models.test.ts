import { expect } from "chai";
import { storedOffice } from "../../support/actors.ts";
import { send } from "../../support/account.ts";
import { entryOf, newAuthority } from "../../support/attestation.ts";
import { atConsole, makeStaff } from "../../support/console.ts";
import type { HttpBrowser } from "../../support/http-browser.ts";
import { giveMetadata } from "../../support/metadata.ts";
import { givePasskey } from "../../support/passkeys.ts";
import { makeOffice, makeUser } from "../../support/people.ts";
import { hiddenField } from "../../support/relying-party.ts";
import { useFresh } from "../../support/suite-resource.ts";
import { useVestibule } from "../../support/use-vestibule.ts";

const NFC = "fa2b99dc-9e39-4257-8f92-4a30d23c4118";
const NFC_OLD = "2fc0579f-8113-47ea-b116-bb5a8db9202a";
const BIO = "c5ef55ff-ad9a-4b9f-b580-adebafe026d0";
const REVOKED = "6d44ba9b-f6ec-2e49-b930-0c8fe920cb73";
const UNKNOWN = "11111111-2222-3333-4444-555555555555";

describe("the models of passkeys of an office, at the console", () => {
  const vestibule = useVestibule();
  const { services } = vestibule;
  const office = useFresh(() => makeOffice(services));
  const staff = useFresh(() => makeStaff(services, office, { role: "superuser" }));

  before(async () => {
    const roots = [await newAuthority("Maker Root")];
    await giveMetadata(services, [
      entryOf(NFC, { name: "Key 5 NFC", roots }),
      entryOf(NFC_OLD, { name: "Key 5 NFC", roots }),
      entryOf(BIO, { name: "Key Bio", roots }),
      entryOf(REVOKED, { name: "Key 1", roots, statuses: ["REVOKED"] }),
    ]);
  });

  async function submit(browser: HttpBrowser, passkeyModels: string) {
    const form = await browser.get(`/console/o/${office.code}/settings/second-factor`);
    const fields = { demand: "off", from: "", methods: "passkey totp", resistantUsers: "none" };
    const sent = { ...fields, resistantFrom: "", seen: hiddenField(form, "seen"), passkeyModels };
    return { form, sent, page: await send(browser, form, sent) };
  }

  const stored = async () => (await storedOffice(services, office)).passkeyModels;

  it("are typed by name or AAGUID, looked at, and saved", async () => {
    await givePasskey(services, await makeUser(services, office, { name: "Other Key" }), BIO);
    await givePasskey(services, await makeUser(services, office, { name: "Right Key" }), NFC);
    const { browser } = await atConsole(vestibule, staff);
    const { form, sent, page } = await submit(browser, `key 5 nfc\n${UNKNOWN.toUpperCase()}`);
    expect(form.body).to.contain("All 3 known models").and.contain(NFC_OLD);
    expect(page.body).to.contain("Key 5 NFC").and.contain("not in the metadata");
    expect(page.body).to.contain("One person has a passkey of another model").and.contain("Other Key");
    expect(page.body).to.not.contain("Right Key");
    expect(await stored()).to.equal(null);
    await send(browser, page, {
      ...sent,
      passkeyModels: hiddenField(page, "passkeyModels"),
      looked: hiddenField(page, "looked"),
    });
    expect(await stored()).to.deep.equal([UNKNOWN, NFC_OLD, NFC]);
    expect((await browser.get(`/console/o/${office.code}/settings`)).body).to.contain("3 models");
  });

  it("are shown with their status where the metadata refuse them, and a list of such alone with a warning", async () => {
    const { browser } = await atConsole(vestibule, staff);
    const { page } = await submit(browser, `${REVOKED}\n${UNKNOWN}`);
    expect(page.body).to.contain("Key 1 (status REVOKED in the metadata").and.contain("not in the metadata");
    expect(page.body).to.contain("No passkey can be set up");
    const mixed = await submit(browser, `${REVOKED}\n${BIO}`);
    expect(mixed.page.body).to.contain("REVOKED").and.not.contain("No passkey can be set up");
  });

  it("say which names fit, and when none does", async () => {
    const { browser } = await atConsole(vestibule, staff);
    const several = await submit(browser, "key");
    expect(several.page.status).to.equal(400);
    expect(several.page.body).to.contain("is part of several names").and.contain("Key 5 NFC · Key Bio");
    const none = await submit(browser, "Ubikey");
    expect([none.page.status, none.page.body.includes("There is no model called")]).to.deep.equal([
      400,
      true,
    ]);
    const part = await submit(browser, "bio");
    expect(part.page.body).to.contain("Key Bio");
    expect(part.page.status).to.equal(200);
  });
});
