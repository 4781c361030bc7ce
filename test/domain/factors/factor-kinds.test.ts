import { expect } from "chai";
import { LANGUAGE_CODES } from "../../../src/kernel/languages.ts";
import { FACTOR_KINDS, FACTOR_TEXTS, FACTORS, factorText } from "../../../src/domain/factors/factor.ts";
import { filesNamedFor } from "../../support/added-kind.ts";
import { catalogueOf } from "../../support/catalogue.ts";
import { kindsNamedByFile } from "../../support/kind-literals.ts";

/** Every place that has to know each kind, with what it has to know. A new kind begins here. */
const PLACES: Readonly<Record<string, string>> = {
  "src/domain/factors/factor.ts": "the registry: amr, gateway, order",
  "src/domain/factors/code-try.ts": "what a new factor brings besides its first code",
  "src/domain/factors/code-judge.ts": "who judges its codes",
  "src/domain/factors/method-switch.ts": "how it ends when the user switches to another",
  "src/screens/sign-in/factor-pages.ts":
    "its pages of the sign-in; then createPages in pages/pages.ts misses them",
  "src/screens/sign-in/pages/factor-choice.ts":
    "when another factor's page offers it, and where its set-up begins",
  "src/screens/account/other-methods.ts": "the page of the account that sets it up",
};

/** Files of one kind, which others need not know, and the kinds that they name. */
const OWN: Readonly<Record<string, readonly string[]>> = {
  // Faults of a file, in words.
  "src/domain/factors/passkeys/metadata-blob.ts": ["passkey"],
  "src/domain/factors/passkeys/passkey-check.ts": ["passkey"],
  "src/domain/factors/passkeys/passkey-store.ts": ["passkey"],
  "src/domain/factors/passkeys/passwordless.ts": ["passkey"],
  "src/cli/office-passwordless.ts": ["passkey"],
  "src/screens/sign-in/pages/password.ts": ["passkey"],
  "src/domain/factors/method-removal.ts": ["passkey"],
  "src/screens/account/pages/passkey.ts": ["passkey"],
  "src/screens/sign-in/pages/challenge-passkey.ts": ["passkey"],
  "src/screens/sign-in/pages/enrol-passkey.ts": ["passkey"],
  // Each passkey has a row of its own.
  "src/screens/account/pages/general.ts": ["passkey"],
  // The confirmation after one was added.
  "src/screens/account/page.ts": ["passkey"],
  "src/domain/factors/totp.ts": ["totp"],
  "src/domain/factors/totp-check.ts": ["totp"],
  "src/domain/factors/totp-secret.ts": ["totp"],
  "src/domain/factors/totp-store.ts": ["totp"],
  "src/platform/database/restored-store.ts": ["totp"],
  "src/screens/account/pages/app.ts": ["totp"],
  "src/screens/sign-in/pages/challenge-totp.ts": ["totp"],
  "src/screens/sign-in/pages/enrol-totp.ts": ["totp"],
  "src/domain/factors/email/email-channel.ts": ["email"],
  "src/domain/factors/email/email-code-check.ts": ["email"],
  "src/domain/factors/email/ended-email-codes.ts": ["email"],
  // Says that another address ends it.
  "src/screens/console/pages/user-edit.ts": ["email"],
  "src/screens/account/pages/email-code.ts": ["email"],
  "src/screens/sign-in/pages/challenge-email.ts": ["email"],
  "src/screens/sign-in/pages/enrol-email.ts": ["email"],
  "src/domain/users/personal-data-store.ts": ["sms", "email"],
  "src/screens/account/account-store.ts": ["sms", "email"],
  "src/domain/factors/number-service.ts": ["sms"],
  "src/domain/factors/sms-code-check.ts": ["sms"],
  "src/screens/account/pages/number.ts": ["sms"],
  "src/screens/sign-in/pages/challenge-sms.ts": ["sms"],
  "src/screens/sign-in/pages/check-number.ts": ["sms"],
  "src/screens/sign-in/pages/confirm-number.ts": ["sms"],
  "src/screens/sign-in/pages/enrol-sms.ts": ["sms"],
  "src/screens/sign-in/pages/enter-number.ts": ["sms"],
  // A lost number is replaced by way of the app.
  "src/screens/sign-in/pages/lost-number.ts": ["totp", "sms"],
  "src/screens/sign-in/pages/replace-number.ts": ["totp", "sms"],
  // The steps that a passkey in place of the password passes, and that confirms the number which the office has entered.
  "src/screens/sign-in/journey.ts": ["passkey", "sms"],
  "src/screens/sign-in/sign-in-forecast.ts": ["sms"],
  // What other systems can export, and the columns of a file that has it.
  "src/domain/users/user-import-model.ts": ["totp"],
  "src/domain/users/user-import-secrets.ts": ["totp"],
  "src/domain/users/user-import-apply-statements.ts": ["passkey", "totp", "sms"],
  "src/domain/users/user-import-events.ts": ["passkey", "totp", "sms"],
  "src/cli/user-convert.ts": ["totp"],
  "src/cli/user-file.ts": ["totp"],
  "src/cli/other-systems/keycloak.ts": ["totp"],
  // What happens to one.
  "src/domain/events/event-catalogue.ts": ["passkey"],
  // Several of one kind.
  "src/api/operations/factors.ts": ["passkey"],
  "src/screens/console/user-methods.ts": ["passkey"],
  // Models of passkeys of which none can be set up, in words.
  "src/api/operations/office-body.ts": ["passkey"],
  "src/cli/office-passkey-models.ts": ["passkey"],
  // Examples of a command.
  "src/cli/office.ts": ["totp"],
  "src/cli/office-actions.ts": ["totp"],
};

/** Files in which "email" is a claim or scope, a column of another system, or the type of a field, and no factor. */
const CLAIM: readonly RegExp[] = [
  /^src\/protocol\/(claims|claim-writers)\.ts$/,
  /^src\/cli\/other-systems\//,
  /^src\/domain\/applications\/application-settings\.ts$/,
  /^src\/domain\/users\/(user|user-import-model)\.ts$/,
  /^src\/kernel\/support-contact\.ts$/,
  /^views\/.*\.njk$/,
];

/** Files in which "sms" is the channel of a message, or a text about one, and no factor. */
const CHANNEL: readonly RegExp[] = [
  /^src\/platform\/messages\//,
  /^src\/server\/(settings|wiring|metrics)\//,
  /^src\/cli\/(doctor|doctor-messages|doctor-queues|worker)\.ts$/,
  /^src\/domain\/factors\/(number-notices|sms-budget|sent-code|sms-channel)\.ts$/,
  /^src\/domain\/offices\/overview-store\.ts$/,
  /^src\/screens\/(outbox\/outbox-store|console\/pages\/(overview|settings-second-factor|user-add))\.ts$/,
];

/** The kinds that each file names. */
const namedKinds = () =>
  new Map(
    [...kindsNamedByFile()]
      .map(([file, kinds]) => {
        const isClaim = CLAIM.some((files) => files.test(file));
        return [file, isClaim ? kinds.filter((kind) => kind !== "email") : kinds] as const;
      })
      .filter(([, kinds]) => kinds.length > 0),
  );

describe("a factor kind", function () {
  // The compiler reads all sources: 15 s alone, and several times that beside other files on two slow processors.
  this.timeout(300_000);

  it("that is added makes the compiler name every place that has to know it", () => {
    const named = filesNamedFor("badge");
    expect([...named.keys()].sort(), JSON.stringify(Object.fromEntries(named), null, 2)).to.deep.equal(
      Object.keys(PLACES).sort(),
    );
  });

  it("is called by name in those places and in its own files alone", () => {
    const elsewhere = [...namedKinds()].filter(
      ([file, kinds]) =>
        !(file in PLACES) &&
        !kinds.every((kind) => OWN[file]?.includes(kind)) &&
        !(kinds.join() === "sms" && CHANNEL.some((files) => files.test(file))),
    );
    expect(Object.fromEntries(elsewhere)).to.deep.equal({});
  });

  it("is still called by name in every file of this list", () => {
    const named = namedKinds();
    for (const [file, kinds] of Object.entries(OWN)) {
      expect(named.get(file), file).to.deep.equal(kinds);
    }
    for (const file of Object.keys(PLACES)) {
      expect(named.get(file), file).to.deep.equal(FACTOR_KINDS);
    }
  });

  it("differs from every other by its amr", () => {
    const amr = FACTOR_KINDS.flatMap((kind) => FACTORS[kind].amr);
    expect(new Set(amr).size).to.equal(amr.length);
    expect(amr).to.not.include.members(["pwd"]);
    expect(amr).to.not.include.members(["mfa"]);
  });

  for (const language of LANGUAGE_CODES) {
    it(`has all its texts in the language ${language}, and no other kind has any`, () => {
      const keys = Object.keys(catalogueOf(language)).filter((key) => key.startsWith("factor."));
      const wanted = FACTOR_KINDS.flatMap((kind) => FACTOR_TEXTS.map((text) => factorText(kind, text)));
      expect(keys).to.have.members(wanted);
    });
  }
});
