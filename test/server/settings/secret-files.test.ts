import { expect } from "chai";
import { spawnSync } from "node:child_process";
import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { inspect } from "node:util";
import { Secret } from "../../../src/kernel/secret.ts";
import { readSettings } from "../../../src/server/settings/settings.ts";
import { settingsTable } from "../../../src/server/settings/settings-table.ts";
import type { Setting } from "../../../src/server/settings/setting.ts";
import { faultsOf } from "../../support/settings-faults.ts";

const SAFE = {
  NODE_ENV: "production",
  VESTIBULE_ISSUER: "https://id.example.com",
  VESTIBULE_SECRETS_FILE: "/etc/vestibule/secrets.json",
  DATABASE_URL: "postgres://vestibule@db.example.com/vestibule?sslmode=require",
};

/** A value that each secret setting takes; a new one needs a line here. */
const VALUES: Readonly<Record<string, string>> = {
  DATABASE_URL: "postgres://server:first-secret@db.example.com/vestibule?sslmode=require",
  VESTIBULE_DATABASE_OWNER_URL: "postgres://owner:second-secret@db.example.com/vestibule?sslmode=require",
  VESTIBULE_SMTP_URL: "smtps://user:third-secret@mail.example.com",
  VESTIBULE_SMTP_PASSWORD: "fourth secret",
  VESTIBULE_VONAGE_API_SECRET: "fifth-secret",
  VESTIBULE_VONAGE_PRIVATE_KEY: "-----BEGIN PRIVATE KEY-----\nsixth-secret\n-----END PRIVATE KEY-----",
  VESTIBULE_VONAGE_SIGNATURE_SECRET: "seventh-secret",
  VESTIBULE_SMS_HTTP_SECRET: `whsec_${Buffer.from("eighth-secret, of 24 bytes or more").toString("base64")}`,
  VESTIBULE_SMS_HTTP_AUTHORIZATION: "Bearer ninth-secret",
};

const secretNames = settingsTable.flatMap(({ name, secret }: Setting) =>
  secret === undefined ? [] : [name],
);

/** Every secret that settings hold, revealed. */
function secretsIn(value: unknown): string[] {
  if (value instanceof Secret) {
    return [value.reveal()];
  }
  return typeof value === "object" && value !== null ? Object.values(value).flatMap(secretsIn) : [];
}

describe("a secret setting in a file", () => {
  let directory = "";
  let made = 0;
  const put = (content: string | Buffer, mode = 0o600): string => {
    made += 1;
    const file = join(directory, String(made));
    writeFileSync(file, content);
    chmodSync(file, mode);
    return file;
  };
  const faultOf = (file: string, rest: Readonly<Record<string, string>> = {}) =>
    faultsOf({ ...rest, VESTIBULE_VONAGE_SIGNATURE_SECRET_FILE: file });

  before(() => {
    directory = mkdtempSync(join(tmpdir(), "vestibule-secret-files-"));
  });
  after(() => {
    rmSync(directory, { recursive: true, force: true });
  });

  it("is each that is secret, and none besides", () => {
    expect(Object.keys(VALUES)).to.have.members(secretNames);
  });

  for (const name of secretNames) {
    it(`gives ${name} the same value as the environment does`, () => {
      const value = VALUES[name] ?? "";
      // What the setting needs beside it; the application's key has no use without its application.
      const beside = {
        VESTIBULE_VONAGE_APPLICATION_ID: "6d1f5c52-0a9b-4e0e-8a3c-0f2b6f1c2d3e",
        VESTIBULE_VONAGE_API_KEY: "a1b2c3d4",
      };
      const plain = readSettings({ ...beside, [name]: value });
      const fromFile = readSettings({ ...beside, [`${name}_FILE`]: put(`${value}\n`) });
      expect(secretsIn(fromFile)).to.deep.equal(secretsIn(plain)).and.have.length(1);
      expect(inspect(plain, { depth: 9 }) + JSON.stringify(plain)).to.not.contain("-secret");
    });
  }

  it("is the only kind of setting with such a variant", () => {
    const others = settingsTable.map(({ name }) => name).filter((name) => !secretNames.includes(name));
    const given = Object.fromEntries(others.map((name) => [`${name}_FILE`, "/nowhere"]));
    const vestibule = Object.keys(given).filter((name) => name.startsWith("VESTIBULE_"));
    const faults = faultsOf(given);
    expect(faults).to.have.length(vestibule.length).above(20);
    faults.forEach((fault) => expect(fault).to.contain("unknown setting"));
  });

  it("loses the ends of its last lines, as an editor leaves them, and nothing else", () => {
    const read = (content: string) =>
      readSettings({
        VESTIBULE_VONAGE_SIGNATURE_SECRET_FILE: put(content),
      }).messages.receipts.signatureSecret?.reveal();
    expect(read("with spaces \r\n\n")).to.equal("with spaces ");
    expect(read("no end of line")).to.equal("no end of line");
    expect(read("\u{feff}after a mark\n")).to.equal("after a mark");
  });

  const refusals: [string, () => string, RegExp][] = [
    ["is missing", () => join(directory, "missing"), /missing does not exist$/],
    ["lies below a file", () => join(put("x"), "below"), /below does not exist$/],
    ["is empty", () => put(""), / is empty$/],
    ["holds an end of line alone", () => put("\n"), / is empty$/],
    ["is too large", () => put("x".repeat(65_537)), / is larger than 64 KiB$/],
    ["is a directory", () => directory, / is not a file$/],
    ["is no text", () => put(Buffer.from([0xff, 0xfe, 0x00])), / is not text$/],
    ["holds a zero byte", () => put("one\0two-three"), / is not text$/],
    ["has a second line", () => put("first line\nsecond line\n"), / has more than one line$/],
    ["holds a value that the setting does not take", () => put("short"), /must have at least 8 characters$/],
  ];
  for (const [what, file, why] of refusals) {
    it(`is refused in one line that names setting and cause when the file ${what}`, () => {
      const [fault, ...more] = faultOf(file());
      expect(more).to.deep.equal([]);
      expect(fault)
        .to.match(/^VESTIBULE_VONAGE_SIGNATURE_SECRET_FILE: /)
        .and.match(why);
    });
  }

  it("is refused when the file is a pipe that nobody writes to, without waiting", function () {
    if (process.platform === "win32") {
      return;
    }
    const pipe = join(directory, "pipe");
    expect(spawnSync("sh", ["-c", `mkfifo "${pipe}"`]).status).to.equal(0);
    expect(faultOf(pipe)).to.deep.equal([`VESTIBULE_VONAGE_SIGNATURE_SECRET_FILE: ${pipe} is not a file`]);
  });

  it("is refused when this user may not read the file", () => {
    const file = put("a-whole-secret", 0o000);
    const asUser = process.geteuid?.() === 0 ? 65_534 : null;
    chmodSync(directory, 0o755);
    const faults = (() => {
      if (asUser !== null) {
        process.seteuid?.(asUser);
      }
      try {
        return faultOf(file);
      } finally {
        if (asUser !== null) {
          process.seteuid?.(0);
        }
      }
    })();
    expect(faults).to.deep.equal([
      `VESTIBULE_VONAGE_SIGNATURE_SECRET_FILE: ${file} cannot be read: this user has no permission`,
    ]);
  });

  it("is refused beside the setting itself", () => {
    expect(
      faultOf(put("a-whole-secret"), { VESTIBULE_VONAGE_SIGNATURE_SECRET: "another-secret" }),
    ).to.deep.equal([
      "VESTIBULE_VONAGE_SIGNATURE_SECRET_FILE: VESTIBULE_VONAGE_SIGNATURE_SECRET is set too; leave one of them away",
    ]);
  });

  it("is reported once, whatever else would follow from its absence", () => {
    const { DATABASE_URL: _, ...rest } = SAFE;
    expect(faultsOf({ ...rest, DATABASE_URL_FILE: "/nowhere/at/all" })).to.deep.equal([
      "DATABASE_URL_FILE: /nowhere/at/all does not exist",
    ]);
  });

  it("is never quoted, also when it is wrong", () => {
    const faults = faultsOf({ DATABASE_URL_FILE: put("mysql://user:marker-of-the-secret@db/x") });
    expect(faults.join()).to.contain("DATABASE_URL_FILE").and.not.contain("marker-of");
  });

  it("is refused in production, and in production alone, when others may read the file", () => {
    const open = put("a-whole-secret", 0o644);
    expect(faultOf(open)).to.deep.equal([]);
    expect(faultOf(open, SAFE)).to.deep.equal([
      `VESTIBULE_VONAGE_SIGNATURE_SECRET_FILE: ${open} can be read by others (mode 0644); production refuses that: chmod o= ${open}`,
    ]);
    expect(faultOf(put("a-whole-secret", 0o600), SAFE)).to.deep.equal([]);
  });

  it("counts as not set when the name of the file is empty", () => {
    mkdirSync(join(directory, "unused"));
    expect(faultOf("")).to.deep.equal([]);
  });
});
