import { generateKeyPairSync, randomBytes } from "node:crypto";
import { expect } from "chai";
import { homeOf } from "../../../src/kernel/home.ts";
import { TESTER } from "../../support/people.ts";
import { asOwner } from "../../support/database.ts";
import { makeOfficeAt } from "../../support/homes.ts";
import { checkFile, importFile, jsonLines, verdictsOf } from "../../support/importing.ts";
import { cbor, SoftwareAuthenticator } from "../../support/software-authenticator.ts";
import { useFresh } from "../../support/suite-resource.ts";
import { useServices } from "../../support/use-vestibule.ts";

const device = (algorithm: -7 | -8 | -257 = -7) =>
  new SoftwareAuthenticator({ origin: "https://id.example", algorithm });

/** A file of people with these passkeys; the first is `user-1`. */
const fileOf = (...lists: readonly unknown[]): string =>
  jsonLines(lists.map((passkeys, at) => ({ username: `user-${String(at + 1)}`, name: "A", passkeys })));

/** Points of edwards25519 for which a signature needs no private key, as RFC 8032 encodes y (libsodium refuses the same). */
const SMALL_ORDER = [
  "0000000000000000000000000000000000000000000000000000000000000000",
  "0100000000000000000000000000000000000000000000000000000000000000",
  "26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05",
  "c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac037a",
  "ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
  "edffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
  "c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac03fa",
  "eeffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff",
];

describe("people who come from another system with their passkeys", function () {
  this.timeout(60_000);
  const world = useServices();
  const { services } = world;
  const office = useFresh(() => world.makeOffice());
  const rows = (text: string, { id } = office) =>
    asOwner<Record<string, unknown>>(world.database, text, [id]);
  const verdicts = async (...lists: readonly unknown[]) =>
    verdictsOf(services, await checkFile(services, office, { file: fileOf(...lists) }));

  it("have them as their factor, with what is known of each", async () => {
    const [one, other, rsa] = [device(), device(-8), device(-257)];
    const handle = Buffer.from("the account there");
    const aaguid = "EE882879-721C-4913-9775-3DFCCE97072A";
    const more = { name: " My key ", aaguid, transports: ["usb", "telepathy"], isSynced: true };
    const padded = { ...rsa.exported(), id: rsa.id.toString("base64") };
    const file = fileOf(
      [{ ...one.exported(handle), ...more, counter: 7 }, other.exported(handle)],
      [padded],
      [],
    );
    expect(await importFile(services, office, { file })).to.deep.equal({ type: "applied", added: 3 });
    expect(
      await rows(
        `select u.username, k.id = any(array['\\x${one.id.toString("hex")}', '\\x${other.id.toString("hex")}',
           '\\x${rsa.id.toString("hex")}']::bytea[]) as known,
           k.counter::integer, k.is_synced, k.transports, k.aaguid, k.name, convert_from(h.handle, 'utf8') as handle
         from passkeys k join users u on u.id = k.user_id left join passkey_handles h on h.user_id = u.id
         where k.office_id = $1 order by u.username, k.counter desc`,
      ),
    ).to.deep.equal([
      {
        ...{ username: "user-1", known: true, counter: 7, is_synced: true, transports: ["usb"] },
        ...{ aaguid: aaguid.toLowerCase(), name: "My key", handle: "the account there" },
      },
      {
        ...{ username: "user-1", known: true, counter: 0, is_synced: false, transports: [] },
        ...{ aaguid: "00000000-0000-0000-0000-000000000000", name: null, handle: "the account there" },
      },
      {
        ...{ username: "user-2", known: true, counter: 0, is_synced: false, transports: [] },
        ...{ aaguid: "00000000-0000-0000-0000-000000000000", name: null, handle: null },
      },
    ]);
    expect(
      await rows(
        "select u.username, f.kind from factors f join users u on u.id = f.user_id where f.office_id = $1 order by 1",
      ),
    ).to.deep.equal(["user-1", "user-2"].map((username) => ({ username, kind: "passkey" })));
    expect(
      await rows(
        "select details ->> 'kind' as kind from audit_events where office_id = $1 and type = 'factor.imported'",
      ),
    ).to.deep.equal([{ kind: "passkey" }, { kind: "passkey" }]);
    expect(
      await rows(
        "select line from import_rows where office_id = $1 and (passkeys is not null or user_handle is not null)",
      ),
    ).to.deep.equal([]);
  });

  it("come from CSV too, where a database writes the list into a cell as JSON", async () => {
    const list = JSON.stringify([device().exported()]).replaceAll('"', '""');
    const file = `username,name,passkeys\nanna,Anna,"${list}"\nben,Ben,\n`;
    expect(await importFile(services, office, { file })).to.deep.equal({ type: "applied", added: 2 });
    expect(await rows("select counter::integer from passkeys where office_id = $1")).to.deep.equal([
      { counter: 0 },
    ]);
  });

  it("T232 have each list that is none, or says what it cannot, refused with its line, and nothing is half done", async () => {
    const good = device().exported();
    const bad = [
      ...["passkey", 7, true, ["passkey"], [[]], [null], [{}]],
      ...[{ id: "" }, { id: "not base64url" }, { id: "A" }, { id: "AB" }, { id: good.id + "!" }].map(
        (one) => [{ ...good, ...one }],
      ),
      [{ ...good, id: randomBytes(1_024).toString("base64url") }],
      [{ ...good, publicKey: randomBytes(1_101).toString("base64url") }],
      [{ ...good, userHandle: randomBytes(65).toString("base64url") }],
      ...[-1, 0.5, "1", 2 ** 32].map((counter) => [{ ...good, counter }]),
      ...["", "n".repeat(61), "a\0b", "\ud800"].map((name) => [{ ...good, name }]),
      [{ ...good, aaguid: "YubiKey" }],
      [{ ...good, transports: "usb" }],
      [{ ...good, isSynced: "yes" }],
      [{ ...good, credentialId: good.id }],
    ];
    expect(await verdicts(...bad)).to.deep.equal(bad.map((_, at) => [at + 1, "passkeys-unreadable"]));
    const run = await checkFile(services, office, { file: fileOf([good], ...bad) });
    expect(run).to.include({ rows: bad.length + 1, bad: bad.length });
    const applied = await services.imports.apply.apply(run.id, { office, by: TESTER, invites: false });
    expect(applied).to.deep.equal({ type: "refused" });
    expect(await rows("select id from users where office_id = $1")).to.deep.equal([]);
    expect(await rows("select id from passkeys where office_id = $1")).to.deep.equal([]);
  });

  it("T232 have each key that is of another kind, damaged or weak refused with its line", async () => {
    const { x = "", y = "" } = generateKeyPairSync("ec", { namedCurve: "P-256" }).publicKey.export({
      format: "jwk",
    });
    const rsa = (bits: number, publicExponent = 65_537) =>
      generateKeyPairSync("rsa", { modulusLength: bits, publicExponent }).publicKey.export({ format: "jwk" });
    const bytes = (text = "") => Buffer.from(text, "base64url");
    const ec = (changes: readonly [number, unknown][] = []) =>
      cbor(new Map<number, unknown>([[1, 2], [3, -7], [-1, 1], [-2, bytes(x)], [-3, bytes(y)], ...changes]));
    const okp = (point: Buffer) =>
      cbor(
        new Map<number, unknown>([
          [1, 1],
          [3, -8],
          [-1, 6],
          [-2, point],
        ]),
      );
    const rsaKey = ({ n, e }: { n?: string; e?: string }, pad = 0, last: number | null = null) => {
      const modulus = Buffer.concat([Buffer.alloc(pad), bytes(n)]);
      modulus[modulus.length - 1] = last ?? modulus.at(-1) ?? 0;
      return cbor(
        new Map<number, unknown>([
          [1, 3],
          [3, -257],
          [-1, modulus],
          [-2, bytes(e)],
        ]),
      );
    };
    const flipped = bytes(y).map((byte, at) => (at === 31 ? byte ^ 1 : byte));
    const bad: Readonly<Record<string, Buffer>> = {
      "no CBOR": Buffer.from("ff", "hex"),
      "a number": cbor(7),
      "cut off": ec().subarray(0, -1),
      "with something after it": Buffer.concat([ec(), Buffer.from([0])]),
      "another member": ec([[-4, randomBytes(32)]]),
      ES384: ec([[3, -35]]),
      "EdDSA on P-256": ec([[3, -8]]),
      "another curve": ec([[-1, 2]]),
      "off the curve": ec([[-3, Buffer.from(flipped)]]),
      "half a coordinate": ec([[-3, bytes(y).subarray(0, 16)]]),
      "a short RSA key": rsaKey(rsa(1_024)),
      "a short RSA key behind zeros": rsaKey(rsa(1_024), 128),
      "an RSA key with the exponent 3": rsaKey(rsa(2_048, 3)),
      "an even RSA key": rsaKey(rsa(2_048), 0, 2),
      "an RSA key with exponent 1": rsaKey({ ...rsa(2_048), e: "AQ" }),
      "a short point": okp(randomBytes(31)),
      ...Object.fromEntries(SMALL_ORDER.map((point) => [point, okp(Buffer.from(point, "hex"))])),
    };
    const keys = Object.values(bad).map((key) => [
      { ...device().exported(), publicKey: key.toString("base64url") },
    ]);
    expect(await verdicts(...keys)).to.deep.equal(keys.map((_, at) => [at + 1, "passkey-key"]));
    const good = [ec(), rsaKey(rsa(2_048))].map((key) => [
      { ...device().exported(), publicKey: key.toString("base64url") },
    ]);
    expect(await verdicts(...good), "the same, as they should be").to.deep.equal([]);
  });

  it("T232 have more passkeys than a user may have, and several user handles, refused with their lines", async () => {
    const many = (count: number) => Array.from({ length: count }, () => device().exported());
    const handles = ["one", "other"].map((handle) => device().exported(Buffer.from(handle)));
    expect(await verdicts(many(20), many(21), handles)).to.deep.equal([
      [2, "passkeys-too-many"],
      [3, "user-handles-differ"],
    ]);
  });

  it("T231 have a passkey and a user handle once in a file, and each repetition named with its line", async () => {
    const [shared, mine] = [device(), device()];
    const handle = Buffer.from("shared");
    const twice = mine.exported();
    expect(
      await verdicts(
        [shared.exported()],
        [shared.exported(), device().exported()],
        [twice, twice],
        [device().exported(handle)],
        [device().exported(handle)],
        [shared.exported(handle)],
      ),
    ).to.deep.equal([
      [2, "passkey-repeated"],
      [3, "passkey-repeated"],
      [5, "user-handle-repeated"],
      [6, "passkey-repeated", "user-handle-repeated"],
    ]);
  });

  it("T231 cannot take over the passkey, or the user handle, of another user of the office", async () => {
    const [taken, handle] = [device(), Buffer.from("taken")];
    await importFile(services, office, {
      file: jsonLines([{ username: "owner", name: "A", passkeys: [taken.exported(handle)] }]),
    });
    const stored = await rows("select * from passkeys where office_id = $1");
    const thief = { ...device().exported(), id: taken.exported().id };
    expect(await verdicts([thief], [device().exported(handle)], [device().exported()])).to.deep.equal([
      [1, "passkey-taken"],
      [2, "user-handle-taken"],
    ]);
    expect(await rows("select * from passkeys where office_id = $1")).to.deep.equal(stored);
  });

  it("T231 cannot take over the passkey of a user of another office, also where the dry run cannot see it", async () => {
    const elsewhere = await makeOfficeAt(services, homeOf(office.id));
    const [taken, handle] = [device(), Buffer.from("taken")];
    const owner = jsonLines([{ username: "owner", name: "A", passkeys: [taken.exported(handle)] }]);
    await importFile(services, elsewhere, { file: owner });
    const stored = await rows("select * from passkeys where office_id = $1", elsewhere);
    const thief = { ...device().exported(), id: taken.exported().id };
    const file = fileOf([device().exported()], [device().exported(), thief], [device().exported(handle)]);
    const run = await checkFile(services, office, { file });
    expect(run).to.include({ state: "checked", bad: 0 });
    const apply = () => services.imports.apply.apply(run.id, { office, by: TESTER, invites: false });
    expect(await apply()).to.deep.equal({ type: "changed" });
    expect(await verdictsOf(services, run)).to.deep.equal([
      [2, "passkey-taken"],
      [3, "user-handle-taken"],
    ]);
    expect(await apply(), "not a second time").to.deep.equal({ type: "refused" });
    expect(await rows("select id from users where office_id = $1")).to.deep.equal([]);
    expect(await rows("select id from passkeys where office_id = $1")).to.deep.equal([]);
    expect(await rows("select * from passkeys where office_id = $1", elsewhere)).to.deep.equal(stored);
  });
});
