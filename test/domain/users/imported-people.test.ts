import { expect } from "chai";
import type { Actor } from "../../../src/domain/access/actor.ts";
import { makeActor } from "../../support/actors.ts";
import { asOwner } from "../../support/database.ts";
import { stranger } from "../../support/flood.ts";
import { watchHashing } from "../../support/hashing-jobs.ts";
import { IMPORTED_PASSWORD, KNOWN_HASHES } from "../../support/imported-hashes.ts";
import { checkFile, importFile, jsonLines, verdictsOf } from "../../support/importing.ts";
import { TESTER, type TestOffice } from "../../support/people.ts";
import { SoftwareAuthenticator } from "../../support/software-authenticator.ts";
import { useFresh } from "../../support/suite-resource.ts";
import { useServices } from "../../support/use-vestibule.ts";

const hashOf = (form: string): string => KNOWN_HASHES.find((known) => known.form === form)?.hash ?? "";
/** One of each kind, and of each system whose form is its own. */
const KINDS = [
  ...["bcrypt $2a$", "Django bcrypt_sha256", "PHC pbkdf2-sha512 with padding", "ASP.NET Identity 2"],
  ...["ASP.NET Identity 3", "PHC scrypt", "Firebase scrypt", "argon2i", "phpass $P$"],
];
const BCRYPT = hashOf("bcrypt $2a$");

describe("people who come from another system with their password", () => {
  const world = useServices();
  const { services } = world;
  const office = useFresh(() => world.makeOffice());

  const enter = async (username: string, password: string, of: Pick<TestOffice, "code" | "id"> = office) => {
    const typed = { officeCode: of.code, username, password, browser: [], visitor: stranger() };
    const result = await services.passwords.check(typed);
    if (result.type === "right") {
      await services.database.inOffice(of.id, (tx) => result.record(tx));
    }
    return result.type;
  };
  const rows = (text: string) => asOwner<Record<string, unknown>>(world.database, text, [office.id]);
  const storedHashes = async () =>
    (await rows("select password_hash as hash from users where office_id = $1 order by username")).map(
      ({ hash }) => String(hash),
    );

  it("sign in with it, whichever way it was hashed, and have one of our hashes afterwards", async () => {
    const people = KNOWN_HASHES.filter(({ form }) => KINDS.includes(form)).map(
      ({ hash, password = IMPORTED_PASSWORD }, at) => ({
        ...{ username: `user-${String(at).padStart(2, "0")}`, hash, password },
      }),
    );
    const file = jsonLines(
      people.map(({ username, hash }) => ({ username, name: username, "password hash": hash })),
    );
    expect(await importFile(services, office, { file })).to.deep.equal({
      type: "applied",
      added: people.length,
    });
    expect((await storedHashes()).every((hash) => hash.startsWith("imported:"))).to.equal(true);
    for (const { username, password } of people) {
      expect(await enter(username, `${password}?`), username).to.equal("wrong");
      expect(await enter(username, password), username).to.equal("right");
    }
    expect((await storedHashes()).filter((hash) => !hash.startsWith("$argon2id$"))).to.deep.equal([]);
    for (const { username, password } of people) {
      expect(await enter(username, password), `${username} again`).to.equal("right");
    }
  });

  it("T166 come all or not at all: each bad hash has its line, and nothing is half done", async () => {
    const file = [
      "username,name,password hash",
      `anna,Anna,${BCRYPT}`,
      "ben,Ben,5f4dcc3b5aa765d61d8327deb882cf99",
      `cora,Cora,$2b$30$${"e".repeat(53)}`,
      "dirk,Dirk,$2b$10$short",
      "eva,Eva,a password",
      '"=1",Frits,x',
    ].join("\n");
    const run = await checkFile(services, office, { file });
    expect(run).to.include({ state: "checked", rows: 6, bad: 5 });
    expect(await verdictsOf(services, run)).to.deep.equal([
      [3, "hash-weak"],
      [4, "hash-costly"],
      [5, "hash-broken"],
      [6, "hash-unknown"],
      [7, "username-invalid", "hash-unknown"],
    ]);
    const applied = await services.imports.apply.apply(run.id, { office, by: TESTER, invites: false });
    expect(applied).to.deep.equal({ type: "refused" });
    expect(await rows("select id from users where office_id = $1")).to.deep.equal([]);
    expect(
      await rows(
        "select line from import_rows where office_id = $1 and faults <> '{}' and password_hash is not null",
      ),
    ).to.deep.equal([]);
  });

  it("leave nothing of it in the rows of the file, and get no invitation", async () => {
    const file = jsonLines([
      { username: "anna", name: "Anna", mail: "anna@mail.example", "password hash": BCRYPT },
      { username: "ben", name: "Ben", mail: "ben@mail.example" },
    ]);
    await importFile(services, office, { file, invites: true });
    expect(
      await rows(
        "select username, hash_kind, password_hash from import_rows where office_id = $1 order by line",
      ),
    ).to.deep.equal([
      { username: "anna", hash_kind: "bcrypt", password_hash: null },
      { username: "ben", hash_kind: null, password_hash: null },
    ]);
    const [run] = await rows("select id from import_runs where office_id = $1");
    const task = { task: "import-invite", id: String(run?.["id"]), officeId: office.id, turn: 0 } as const;
    await services.tasks.run(task);
    expect(await rows("select invited from import_runs where office_id = $1")).to.deep.equal([
      { invited: 1 },
    ]);
    expect(
      await rows(
        "select u.username from one_time_links l join users u on u.id = l.user_id where l.office_id = $1",
      ),
    ).to.deep.equal([{ username: "ben" }]);
  });

  it("T13 are brought by platform staff alone: no superuser writes a password for a colleague into a file", async () => {
    const superuser: Actor = { ...(await makeActor(services, office, "superuser")), role: "superuser" };
    const support = await makeActor(services, office, "support");
    const device = () => new SoftwareAuthenticator({ origin: "https://id.example" });
    const passkey = device();
    const file = (username: string) =>
      jsonLines([
        { username: `${username}1`, name: "A", "password hash": BCRYPT },
        { username: `${username}2`, name: "B", "totp secret": "JBSWY3DPEHPK3PXP" },
        {
          username: `${username}3`,
          name: "C",
          "mobile number": "0612345678",
          "mobile number confirmed": "yes",
        },
        { username: `${username}4`, name: "D", passkeys: [passkey.exported()] },
        { username: `${username}5`, name: "E", passkeys: [] },
      ]);
    const refused = await checkFile(services, office, { file: file("a"), by: superuser });
    expect(await verdictsOf(services, refused)).to.deep.equal(
      [1, 2, 3, 4].map((line) => [line, "secrets-denied"]),
    );
    expect(await importFile(services, office, { file: file("b"), by: support })).to.include({
      type: "applied",
    });
    const brought = jsonLines([{ username: "c1", name: "C", passkeys: [device().exported()] }]);
    const checked = await checkFile(services, office, { file: brought, by: support });
    const applied = await services.imports.apply.apply(checked.id, { office, by: superuser, invites: false });
    expect(applied, "applied by another actor").to.deep.equal({ type: "role" });
  });
});

describe("a wrong password after an import", () => {
  const world = useServices();
  const { services } = world;
  const office = useFresh(() => world.makeOffice());
  const elsewhere = useFresh(() => world.makeOffice());

  const work = async (officeCode: string, username: string, password = "a wrong one") => {
    const typed = { officeCode, username, password, browser: [], visitor: stranger() };
    const { answer, kinds } = await watchHashing(() => services.passwords.check(typed));
    return { type: answer.type, kinds: kinds.toSorted() };
  };
  const wrong = async (officeCode: string, username: string) => (await work(officeCode, username)).kinds;

  it("T168 costs the same in every office, for every name, until the last imported hash is gone", async () => {
    await world.makeUser({ username: "native" }, elsewhere);
    await world.makeUser({ username: "native" }, office);
    const places: [string, string][] = [
      [office.code, "native"],
      [office.code, "unknown"],
      [elsewhere.code, "native"],
      [elsewhere.code, "unknown"],
      ["NO-SUCH-OFFICE", "unknown"],
    ];
    for (const [code, name] of places) {
      expect(await wrong(code, name), `${code} ${name} before`).to.deep.equal(["argon2"]);
    }
    await importFile(services, office, {
      file: jsonLines([{ username: "anna", name: "Anna", hash: BCRYPT }]),
    });
    for (const [code, name] of [...places, [office.code, "anna"] as const]) {
      expect(await wrong(code, name), `${code} ${name} after`).to.deep.equal(["argon2", "bcrypt"]);
    }
    await services.passwordKinds.forgetUnused();
    expect(await wrong(office.code, "unknown"), "still in use").to.deep.equal(["argon2", "bcrypt"]);
    const right = await services.passwords.check({
      ...{ officeCode: office.code, username: "anna", password: IMPORTED_PASSWORD },
      ...{ browser: [], visitor: stranger() },
    });
    if (right.type === "right") {
      await services.database.inOffice(office.id, (tx) => right.record(tx));
    }
    await services.passwordKinds.forgetUnused();
    for (const [code, name] of [...places, [office.code, "anna"] as const]) {
      expect(await wrong(code, name), `${code} ${name} in the end`).to.deep.equal(["argon2"]);
    }
  });

  it("T168 is that of the slowest of a kind, also when a faster one is imported after it", async () => {
    const slow = hashOf("Django bcrypt");
    await importFile(services, office, { file: jsonLines([{ username: "slow", name: "Slow", hash: slow }]) });
    await importFile(services, office, {
      file: jsonLines([{ username: "fast", name: "Fast", hash: BCRYPT }]),
    });
    const [kind, ...others] = await asOwner<{ kind: string; milliseconds: number; dummy: string }>(
      world.database,
      "select kind, milliseconds, dummy from password_kinds",
    );
    expect(others).to.deep.equal([]);
    expect(kind).to.include({ kind: "bcrypt", milliseconds: 287 });
    expect(kind?.dummy)
      .to.match(/^imported:bcrypt:\$2b\$12\$/)
      .and.to.not.contain(slow.slice(-20));
  });

  it("T168 costs nothing more for a right one", async () => {
    await importFile(services, office, {
      file: jsonLines([{ username: "anna", name: "Anna", hash: BCRYPT }]),
    });
    const first = await work(office.code, "anna", IMPORTED_PASSWORD);
    expect(first, "compared with the imported one, and hashed by ours").to.deep.equal({
      type: "right",
      kinds: ["argon2", "bcrypt"],
    });
    const user = await world.makeUser({}, office);
    const ours = await work(office.code, user.username, user.password);
    expect(ours).to.deep.equal({ type: "right", kinds: ["argon2"] });
  });
});
