import { expect } from "chai";
import { faultsOf } from "../../support/settings-faults.ts";

/** What an operator forgets who sets an installation up without NODE_ENV, one by one. */
const EXPOSED: readonly (readonly [string, Record<string, string>, string])[] = [
  ["an https issuer", { VESTIBULE_ISSUER: "https://id.acme.eu" }, "VESTIBULE_ISSUER"],
  ["an https issuer on this machine", { VESTIBULE_ISSUER: "https://localhost:3443" }, "VESTIBULE_ISSUER"],
  ["an http issuer with a name of its own", { VESTIBULE_ISSUER: "http://id.acme.eu" }, "VESTIBULE_ISSUER"],
  ["an issuer in the local network", { VESTIBULE_ISSUER: "http://192.168.1.20:3000" }, "VESTIBULE_ISSUER"],
  [
    "an issuer whose name begins like this machine's",
    { VESTIBULE_ISSUER: "http://localhost.acme.eu" },
    "VESTIBULE_ISSUER",
  ],
  [
    "an issuer whose name begins like its address",
    { VESTIBULE_ISSUER: "http://127.0.0.1.acme.eu" },
    "VESTIBULE_ISSUER",
  ],
  ["every address of the machine", { VESTIBULE_HOST: "0.0.0.0" }, "VESTIBULE_HOST"],
  ["every IPv6 address of the machine", { VESTIBULE_HOST: "::" }, "VESTIBULE_HOST"],
  ["an address of the local network", { VESTIBULE_HOST: "192.168.1.20" }, "VESTIBULE_HOST"],
  ["a name of the machine", { VESTIBULE_HOST: "build-7" }, "VESTIBULE_HOST"],
];

const SAME_MACHINE: readonly Record<string, string>[] = [
  {},
  { VESTIBULE_ISSUER: "http://127.0.0.1:3000", VESTIBULE_HOST: "127.0.0.1" },
  { VESTIBULE_ISSUER: "http://[::1]:3000", VESTIBULE_HOST: "::1" },
  { VESTIBULE_ISSUER: "http://vestibule.localhost:3000", VESTIBULE_HOST: "localhost" },
];

for (const mode of ["", "development", "test"]) {
  describe(`NODE_ENV=${mode}`, () => {
    for (const [what, environment, name] of EXPOSED) {
      it(`T120 refuses ${what}, in one line that says what to do`, () => {
        const [fault, ...more] = faultsOf({ ...environment, NODE_ENV: mode });
        expect(more).to.deep.equal([]);
        expect(fault).to.match(
          new RegExp(`^${name}: .*NODE_ENV=production.*VESTIBULE_ALLOW_EXPOSED_DEVELOPMENT=yes`),
        );
      });

      it(`takes ${what} after an explicit yes`, () => {
        const yes = { NODE_ENV: mode, VESTIBULE_ALLOW_EXPOSED_DEVELOPMENT: "yes" };
        expect(faultsOf({ ...environment, ...yes })).to.deep.equal([]);
      });
    }

    it("needs no yes on this machine alone", () => {
      expect(
        SAME_MACHINE.flatMap((environment) => faultsOf({ ...environment, NODE_ENV: mode })),
      ).to.deep.equal([]);
    });
  });
}

describe("an https issuer in a test", () => {
  it("may have a name that no machine of the internet can have", () => {
    const issuers = ["https://id.test", "https://vestibule.example", "https://id.example.com"];
    expect(
      issuers.flatMap((issuer) => faultsOf({ NODE_ENV: "test", VESTIBULE_ISSUER: issuer })),
    ).to.deep.equal([]);
    expect(faultsOf({ NODE_ENV: "development", VESTIBULE_ISSUER: "https://id.test" })).to.have.length(1);
  });

  it("may not look alike", () => {
    const issuers = ["https://attest", "https://id.example.com.eu", "https://myexample.com"];
    for (const issuer of issuers) {
      expect(faultsOf({ NODE_ENV: "test", VESTIBULE_ISSUER: issuer }), issuer).to.have.length(1);
    }
  });

  it("may not be served to other machines either", () => {
    const environment = { NODE_ENV: "test", VESTIBULE_ISSUER: "https://id.test", VESTIBULE_HOST: "0.0.0.0" };
    expect(faultsOf(environment)).to.have.length(1);
  });
});

describe("production", () => {
  it("is what these rules lead to, and has none of them", () => {
    const environment = {
      NODE_ENV: "production",
      VESTIBULE_ISSUER: "https://id.acme.eu",
      VESTIBULE_HOST: "0.0.0.0",
      VESTIBULE_SECRETS_FILE: "/etc/vestibule/secrets.json",
      DATABASE_URL: "postgres://vestibule@db.example.com/vestibule?sslmode=require",
    };
    expect(faultsOf(environment)).to.deep.equal([]);
  });
});
