import { expect } from "chai";
import { codeAt, totpKey } from "../../../src/domain/factors/totp.ts";
import { epochSeconds, now } from "../../../src/kernel/clock.ts";
import { IMPORTED_PASSWORD, KNOWN_HASHES } from "../../support/imported-hashes.ts";
import { importFile, jsonLines } from "../../support/importing.ts";
import { hasCode, pageName, passPassword, sendForm } from "../../support/second-factor.ts";
import { useVestibule } from "../../support/use-vestibule.ts";

const SECRET = "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ";

describe("the sign-in of a user whose app came from another system", () => {
  const vestibule = useVestibule({ office: {}, application: {} });
  const hash = KNOWN_HASHES.find(({ form }) => form === "phpass $P$")?.hash;

  before(async () => {
    const person = (username: string, app: object) => ({ username, name: username, hash, ...app });
    const file = jsonLines([
      person("anna", { totpSecret: SECRET, totpDigits: 8, totpAlgorithm: "SHA512" }),
      person("ben", { totpSecret: SECRET }),
    ]);
    await importFile(vestibule.services, vestibule.office, { file });
  });

  const challengeOf = async (username: string) => {
    const browser = vestibule.browser();
    const user = { id: "", office: vestibule.office, username, password: IMPORTED_PASSWORD };
    const page = await passPassword(browser, vestibule.application, user);
    return { browser, page };
  };

  it("asks for eight digits where the app shows eight, and sends no half of them", async () => {
    const { browser, page } = await challengeOf("anna");
    expect(pageName(page)).to.equal("challenge-totp");
    expect(page.body).to.contain('data-digits="8"').and.to.contain('autocomplete="one-time-code"');
    expect(page.body).to.not.contain("six-digit");
    const key = totpKey(SECRET, { algorithm: "sha512", digits: 8, period: 30 });
    const after = await sendForm(browser, page, { code: codeAt(key, epochSeconds(now())) });
    expect(hasCode(after)).to.equal(true);
  });

  it("asks for six where the app shows six", async () => {
    const { page } = await challengeOf("ben");
    expect(page.body).to.contain('data-digits="6"').and.to.contain("six-digit");
  });
});
