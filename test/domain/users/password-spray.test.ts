import { expect } from "chai";
import { makeCrowd } from "../../support/crowd.ts";
import { asOwner } from "../../support/database.ts";
import { openGuesser, type Verdict } from "../../support/guesser.ts";
import { HttpBrowser } from "../../support/http-browser.ts";
import {
  makeApplication,
  makeOffice,
  makeUser,
  PASSWORD,
  type TestApplication,
  type TestUser,
} from "../../support/people.ts";
import { authorizationRequest, basic, signIn } from "../../support/relying-party.ts";
import { startVestibule, type TestVestibule } from "../../support/vestibule.ts";
import { useResource } from "../../support/suite-resource.ts";

const CROWD = 200;
const OFFICE_TRIES = 110;

/** Headers by which a visitor might like to choose an address. */
const claims = (address: string): Record<string, string> => ({
  "x-real-ip": address,
  "true-client-ip": address,
  "cf-connecting-ip": address,
  "x-client-ip": address,
  "x-cluster-client-ip": address,
  forwarded: `for=${address}`,
});

interface World {
  readonly vestibule: TestVestibule;
  readonly application: TestApplication;
}

async function startWorld(environment: Record<string, string>): Promise<World> {
  const vestibule = await startVestibule(environment);
  return { vestibule, application: await makeApplication(vestibule.services) };
}

const browserOf = ({ vestibule }: World) => new HttpBrowser(vestibule.issuer, vestibule.settings.port);

const typedFor = ({ office, username }: TestUser, password: string) => ({
  officeCode: office.code,
  username,
  password,
});

/** Tries one password on each user; `headersOf` says what the request with each number says of its origin. */
async function spray(
  world: World,
  users: readonly TestUser[],
  headersOf: (index: number) => Record<string, string>,
): Promise<Verdict[]> {
  const guesser = await openGuesser(browserOf(world), world.application);
  const verdicts: Verdict[] = [];
  for (const [index, user] of users.entries()) {
    verdicts.push(await guesser.guess(typedFor(user, "Summer2026!"), headersOf(index)));
  }
  return verdicts;
}

async function crowdOf({ vestibule }: World, code: string): Promise<TestUser[]> {
  const office = await makeOffice(vestibule.services, { code });
  return makeCrowd(vestibule, await makeUser(vestibule.services, office), CROWD);
}

const alarmsOf = ({ vestibule }: World, user: TestUser | undefined) =>
  asOwner<{ alarm: string; outcome: string; address: string }>(
    vestibule.database,
    `select details ->> 'alarm' as alarm, outcome, host(address) as address from audit_events
     where type = 'password.throttled' and office_id = $1 order by id`,
    [user?.office.id],
  );

const count = (verdicts: readonly Verdict[], wanted: Verdict) =>
  verdicts.filter((verdict) => verdict === wanted).length;

describe("one password tried on many people", function () {
  this.timeout(60_000);

  describe("without a proxy in front", () => {
    const world = useResource(() => startWorld({}));
    after(() => world.vestibule.stop());

    it("T50 stops one address after a hundred people and raises an alarm", async () => {
      const users = await crowdOf(world, "EEN-ADRES");
      const verdicts = await spray(world, users, () => ({}));
      expect(count(verdicts, "wrong")).to.equal(100);
      expect(verdicts.slice(100)).to.deep.equal(Array<Verdict>(100).fill("too-many"));
      expect(await alarmsOf(world, users[0])).to.deep.equal([
        { alarm: "address-throttled", outcome: "alarm", address: "127.0.0.1" },
        { alarm: "office-under-attack", outcome: "alarm", address: "127.0.0.1" },
      ]);
    });
  });

  describe("behind one trusted proxy", () => {
    const world = useResource(() =>
      startWorld({
        VESTIBULE_TRUSTED_PROXY_HOPS: "1",
        VESTIBULE_GUARD_ADDRESS_TRIES: "20",
        VESTIBULE_GUARD_OFFICE_TRIES: String(OFFICE_TRIES),
      }),
    );
    after(() => world.vestibule.stop());

    const from = (address: string) => ({ "x-forwarded-for": address });

    it("T50 notices an office that is tried from many addresses, and stops it before all its people were", async () => {
      const users = await crowdOf(world, "VEEL-ADRESSEN");
      const [owner] = users;
      const familiar = browserOf(world);
      if (owner !== undefined) {
        await signIn(familiar, authorizationRequest(world.vestibule.issuer, world.application), owner);
        familiar.forget("vestibule-session");
      }
      const verdicts = await spray(world, users, (index) => from(`198.51.100.${String(index % 100)}`));
      expect(count(verdicts, "wrong")).to.equal(OFFICE_TRIES);
      expect(count(verdicts.slice(OFFICE_TRIES), "too-many")).to.equal(CROWD - OFFICE_TRIES);
      const alarms = await alarmsOf(world, owner);
      expect(alarms.map(({ alarm }) => alarm)).to.deep.equal(["office-under-attack"]);
      // At a fifth of the office's tries.
      expect(alarms[0]?.address).to.equal("198.51.100.21");
      const guesser = await openGuesser(familiar, world.application);
      expect(owner && (await guesser.guess(typedFor(owner, PASSWORD))), "the owner").to.equal("right");
    });

    it("T50 raises each alarm once, however long the guessing goes on", async () => {
      const users = (await crowdOf(world, "STIL")).slice(0, 11);
      const [first] = users;
      const guesser = await openGuesser(browserOf(world), world.application);
      const guess = (user: TestUser | undefined, password: string) =>
        user && guesser.guess(typedFor(user, password), from("198.51.100.150"));
      for (let index = 0; index < 9; index += 1) {
        await guess(first, `guess ${String(index)}`);
      }
      await spray(world, users.slice(1), () => from("198.51.100.150"));
      // The address has one try left and so has the account. The same mistake again does not count, a refused one neither.
      for (let index = 0; index < 5; index += 1) {
        expect(await guess(first, "guess 8")).to.equal("wrong");
      }
      expect(await alarmsOf(world, first)).to.be.empty;
      expect(await guess(first, "guess 9")).to.equal("wrong");
      for (let index = 0; index < 5; index += 1) {
        expect(await guess(first, `guess ${String(10 + index)}`)).to.equal("too-many");
      }
      const alarms = await alarmsOf(world, first);
      expect(alarms.map(({ alarm }) => alarm)).to.deep.equal(["account-throttled", "address-throttled"]);
    });

    it("T50 leaves another office alone", async () => {
      const [user] = await crowdOf(world, "ANDERS");
      const guesser = await openGuesser(browserOf(world), world.application);
      const verdict = user && (await guesser.guess(typedFor(user, PASSWORD), from("203.0.113.1")));
      expect(verdict).to.equal("right");
    });

    it("T49 believes the address that the proxy adds, and none of those that the visitor wrote before it", async () => {
      const users = await crowdOf(world, "VALSE-KOPPEN");
      const verdicts = await spray(world, users.slice(0, 25), (index) => ({
        ...from(`192.0.2.${String(index)}, 203.0.113.50`),
        ...claims(`192.0.2.${String(index)}`),
      }));
      expect(count(verdicts, "wrong")).to.equal(20);
      expect(verdicts.slice(20)).to.deep.equal(Array<Verdict>(5).fill("too-many"));
    });

    it("T49 counts the addresses of one IPv6 subscriber together, and another's apart", async () => {
      const users = await crowdOf(world, "ZES");
      const subscriber = (index: number) => `2001:db8:7:1:${index.toString(16)}:abcd:${String(index)}:1`;
      const verdicts = await spray(world, users.slice(0, 25), (index) => from(subscriber(index)));
      expect(count(verdicts, "wrong")).to.equal(20);
      const [, , , , neighbour] = users;
      const guesser = await openGuesser(browserOf(world), world.application);
      const verdict =
        neighbour && (await guesser.guess(typedFor(neighbour, PASSWORD), from("2001:db8:7:2::1")));
      expect(verdict, "the next /64").to.equal("right");
    });

    it("T49 counts wrong client secrets of one IPv6 subscriber together", async () => {
      const { id, secret } = world.application;
      const ask = async (typed: string, address: string) => {
        const { body } = await browserOf(world).send("/token", {
          method: "POST",
          headers: {
            accept: "application/json",
            "content-type": "application/x-www-form-urlencoded",
            authorization: basic(id, typed),
            ...from(address),
          },
          body: "grant_type=refresh_token&refresh_token=none",
        });
        return body;
      };
      for (let index = 0; index < 20; index += 1) {
        expect(await ask("wrong", `2001:db8:9:1::${String(index + 1)}`)).to.contain("invalid_client");
      }
      expect(await ask(secret ?? "", "2001:db8:9:1::ffff"), "the same /64").to.contain("invalid_client");
      expect(await ask(secret ?? "", "2001:db8:9:2::1"), "the next /64").to.contain("invalid_grant");
    });

    it("T49 works on when the proxy sends something that is no address", async () => {
      const [user] = await crowdOf(world, "VREEMD");
      for (const address of ["unknown", "_hidden", "'; select 1", "999.1.1.1", ""]) {
        const guesser = await openGuesser(browserOf(world), world.application);
        const verdict = user && (await guesser.guess(typedFor(user, "wrong"), from(address)));
        expect(verdict, address).to.equal("wrong");
      }
    });

    it("T49 counts for the address when the proxy writes the port behind it", async () => {
      const users = await crowdOf(world, "POORTEN");
      const verdicts = await spray(world, users.slice(0, 25), (index) =>
        from(`198.51.100.200:${String(50_000 + index)}`),
      );
      expect(count(verdicts, "wrong")).to.equal(20);
    });
  });

  describe("with an address that the visitor claims", () => {
    const world = useResource(() => startWorld({ VESTIBULE_GUARD_ADDRESS_TRIES: "20" }));
    after(() => world.vestibule.stop());

    const rotated = (index: number) => {
      const address = `192.0.2.${String(index)}`;
      return { ...claims(address), "x-forwarded-for": address };
    };

    it("T49 uses the socket's address and no header, when no proxy is trusted", async () => {
      const users = await crowdOf(world, "SOCKET");
      const verdicts = await spray(world, users.slice(0, 25), rotated);
      expect(count(verdicts, "wrong")).to.equal(20);
      const [row] = await asOwner<{ addresses: string[] }>(
        world.vestibule.database,
        "select array_agg(distinct host(address)) as addresses from audit_events where type = 'password.wrong'",
      );
      expect(row?.addresses).to.deep.equal(["127.0.0.1"]);
    });

    it("T49 counts for the account whatever the headers say", async () => {
      const own = await startWorld({});
      const [user] = await crowdOf(own, "ACCOUNT");
      const guesser = await openGuesser(browserOf(own), own.application);
      const verdicts: (Verdict | undefined)[] = [];
      for (let index = 0; index < 10; index += 1) {
        verdicts.push(
          user && (await guesser.guess(typedFor(user, `guess ${String(index)}`), rotated(index))),
        );
      }
      expect(verdicts).to.deep.equal(Array<Verdict>(10).fill("wrong"));
      expect(user && (await guesser.guess(typedFor(user, PASSWORD), rotated(99)))).to.equal("too-many");
      await own.vestibule.stop();
    });
  });
});
