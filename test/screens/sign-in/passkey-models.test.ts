import { expect } from "chai";
import { entryOf, newAuthority, newBatch, packed, type Issuer } from "../../support/attestation.ts";
import { asOwner } from "../../support/database.ts";
import { giveMetadata } from "../../support/metadata.ts";
import { ceremonyOn, makeOn, makePasskeyUser, useOn } from "../../support/passkeys.ts";
import type { TestOffice, TestUser } from "../../support/people.ts";
import { changeOffice, hasCode, pageName, passPassword, sendForm } from "../../support/second-factor.ts";
import { SoftwareAuthenticator, type Otherwise } from "../../support/software-authenticator.ts";
import { useVestibule } from "../../support/use-vestibule.ts";

const LISTED = "fa2b99dc-9e39-4257-8f92-4a30d23c4118";
const REVOKED = "2fc0579f-8113-47ea-b116-bb5a8db9202a";
const OTHER = "c5ef55ff-ad9a-4b9f-b580-adebafe026d0";

describe("passkeys in an office that lists models", () => {
  const vestibule = useVestibule({ application: {} });
  const { services, application } = vestibule;
  let maker: Issuer;
  let batch: Issuer;

  before(async () => {
    maker = await newAuthority("Maker Root");
    batch = await newBatch(maker, { named: LISTED });
    const entries = [
      entryOf(LISTED, { name: "Key 5 NFC", roots: [maker] }),
      entryOf(REVOKED, { name: "Key 4", roots: [maker], statuses: ["REVOKED"] }),
      entryOf(OTHER, { name: "Key 5Ci", roots: [maker] }),
    ];
    await giveMetadata(services, entries);
  });

  const list = (office: TestOffice, passkeyModels: readonly string[] | null) =>
    changeOffice(services, office, { passkeyModels });
  const device = (aaguid = LISTED) => new SoftwareAuthenticator({ origin: vestibule.issuer, aaguid });

  /** The page that sets a passkey up, in an office with this list. */
  async function setUp(models: readonly string[] | null = [LISTED, REVOKED]) {
    const user = await makePasskeyUser(services);
    await list(user.office, models);
    const browser = vestibule.browser();
    const choice = await passPassword(browser, application, user);
    const page = await sendForm(browser, choice, { method: "passkey" });
    const make = (one: SoftwareAuthenticator, otherwise: Otherwise = {}) =>
      makeOn(browser, page, one, otherwise);
    return { user, browser, page, make };
  }

  const faultsOf = async ({ id }: TestUser) =>
    (
      await asOwner<{ fault: string }>(
        vestibule.database,
        "select details ->> 'fault' as fault from audit_events where subject = $1 and type = 'code.wrong' order by at",
        [id],
      )
    ).map(({ fault }) => fault);

  it("are of any model without a list, and then no attestation is asked for", async () => {
    const { page, make } = await setUp(null);
    expect(ceremonyOn(page)).to.include({ attestation: "none" });
    expect(page.body).to.not.contain("accepts these models");
    expect(pageName(await make(device()))).to.equal("recovery-codes");
  });

  it("are of none where the metadata refuse or do not have each listed one, and the page says so", async () => {
    const { page } = await setUp([REVOKED, "11111111-2222-3333-4444-555555555555"]);
    expect(ceremonyOn(page)).to.include({ attestation: "direct" });
    expect(page.body).to.contain("none of them can be set up at the moment");
  });

  it("are set up when they prove their model, and sign in", async () => {
    const { user, page, make, browser } = await setUp();
    expect(ceremonyOn(page)).to.include({ attestation: "direct" });
    expect(page.body, "not the revoked one").to.contain("accepts these models of passkeys only: Key 5 NFC.");
    const own = device();
    const codes = await make(own, { attest: packed(batch) });
    expect(hasCode(await sendForm(browser, codes, { saved: "yes" }))).to.equal(true);
    const later = vestibule.browser();
    const challenge = await passPassword(later, application, user);
    expect(hasCode(await useOn(later, challenge, own))).to.equal(true);
  });

  it("T242 are refused in a sentence when they only claim a model, and the try counts once", async () => {
    const { user, make } = await setUp();
    const refused = await make(device());
    expect(refused.status).to.equal(400);
    expect(refused.body).to.contain("it did not prove which model it is");
    expect(refused.body).to.contain("accepts these models of passkeys only");
    expect(refused.body).to.contain("You have 2 tries left.");
    expect(await faultsOf(user)).to.deep.equal(["model-unproved"]);
  });

  it("T242 are refused when their model is revoked or not listed, whatever they prove", async () => {
    for (const aaguid of [REVOKED, OTHER]) {
      const { user, make } = await setUp();
      const refused = await make(device(aaguid), {
        attest: packed(await newBatch(maker, { named: aaguid })),
      });
      expect(refused.status).to.equal(400);
      expect(await faultsOf(user)).to.deep.equal(["model"]);
    }
  });

  it("T242 are judged by the list of the moment of the answer, and of the user's own office", async () => {
    const { user, make } = await setUp(null);
    const other = await makePasskeyUser(services);
    await list(other.office, [OTHER]);
    await list(user.office, [LISTED]);
    const refused = await make(device());
    expect([refused.status, await faultsOf(user)]).to.deep.equal([400, ["model-unproved"]]);
    const elsewhere = await setUp([OTHER]);
    expect((await elsewhere.make(device(), { attest: packed(batch) })).status).to.equal(400);
    expect(await faultsOf(elsewhere.user)).to.deep.equal(["model"]);
  });

  it("that were set up before the list go on", async () => {
    const { user, browser, make } = await setUp(null);
    const own = device(OTHER);
    await sendForm(browser, await make(own), { saved: "yes" });
    await list(user.office, [LISTED]);
    const later = vestibule.browser();
    expect(hasCode(await useOn(later, await passPassword(later, application, user), own))).to.equal(true);
  });
});
