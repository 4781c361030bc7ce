import { expect } from "chai";
import type { PasswordResult } from "../../../src/domain/credentials/password-check.ts";
import { makeCrowd } from "../../support/crowd.ts";
import { asOwner } from "../../support/database.ts";
import { NEIGHBOUR } from "../../support/flood.ts";
import type { TestUser } from "../../support/people.ts";
import { statementsOf } from "../../support/statements.ts";
import { useServices } from "../../support/use-vestibule.ts";

const PEOPLE = 500;
/** More than the lanes of a counter, and fewer than an address may have under way. */
const AT_ONCE = 50;

type Right = Extract<PasswordResult, { type: "right" }>;

describe("an office whose people all sign in behind one network address", () => {
  const world = useServices({ office: {}, user: {} });
  let people: TestUser[];
  before(async () => {
    people = await makeCrowd(world, world.user, PEOPLE);
  });
  beforeEach(() => asOwner(world.database, "delete from rate_limits"));

  async function prove({ office, username, password }: TestUser): Promise<Right> {
    const found = await world.services.passwords.check({
      ...{ officeCode: office.code, username, password, browser: [], visitor: NEIGHBOUR },
    });
    if (found.type !== "right") {
      throw new Error(`${username}: ${found.type}`);
    }
    return found;
  }
  const record = ({ officeId, record: write }: Right) => world.services.database.inOffice(officeId, write);
  const enter = async (user: TestUser) => record(await prove(user));

  async function inGroups(users: readonly TestUser[]): Promise<void> {
    for (let start = 0; start < users.length; start += AT_ONCE) {
      await Promise.all(users.slice(start, start + AT_ONCE).map(enter));
    }
  }
  const counted = () =>
    asOwner<{ scope: string; used: number; pending: number; lanes: number }>(
      world.database,
      `select scope, sum(used)::integer as used, sum(pending)::integer as pending, count(*)::integer as lanes from rate_limits
       where scope in ('password-address', 'password-office') group by scope order by scope`,
    );

  it("T50 refuses none of five hundred right passwords, and counts none", async () => {
    await inGroups(people);
    for (const { scope, used, pending, lanes } of await counted()) {
      expect({ used, pending }, scope).to.deep.equal({ used: 0, pending: 0 });
      expect(lanes, scope).to.be.within(2, 16);
    }
    const alarms = await asOwner(
      world.database,
      "select from audit_events where type = 'password.throttled'",
    );
    expect(alarms).to.have.length(0);
  });

  it("T115 makes none of them wait for a colleague whose sign-in is just being recorded", async () => {
    const [slow, ...others] = people;
    const { promise: end, resolve: go } = Promise.withResolvers<undefined>();
    const { promise: recorded, resolve: say } = Promise.withResolvers<undefined>();
    const proved = await prove(slow ?? world.user);
    const open = world.services.database.inOffice(proved.officeId, async (tx) => {
      await proved.record(tx);
      say(undefined);
      await end;
    });
    await recorded;
    // A statement that waits is ended after ten seconds, and its sign-in fails.
    await inGroups(others.slice(0, 4 * AT_ONCE)).finally(() => {
      go(undefined);
    });
    await open;
    expect((await counted()).map(({ used, pending }) => [used, pending])).to.deep.equal([
      [0, 0],
      [0, 0],
    ]);
  });

  it("T50 still has a hundred tries for wrong passwords among all the right ones", async () => {
    const verdicts = new Map<string, number>();
    const guess = async ({ office }: TestUser, number: number) => {
      const { type } = await world.services.passwords.check({
        ...{
          officeCode: office.code,
          username: `guess${String(number)}`,
          password: `wrong ${String(number)}`,
        },
        ...{ browser: [], visitor: NEIGHBOUR },
      });
      verdicts.set(type, (verdicts.get(type) ?? 0) + 1);
    };
    for (let start = 0; start < 120; start += 20) {
      const right = start < 80 ? people.slice(start, start + 10).map(enter) : [];
      const wrong = people.slice(start, start + 20).map((user, index) => guess(user, start + index));
      await Promise.all([...right, ...wrong]);
    }
    expect([...verdicts]).to.deep.equal([
      ["wrong", 100],
      ["too-many", 20],
    ]);
  });

  it("asks the counters once before a password is compared, and once after", async () => {
    const [user] = people;
    const statements = await statementsOf(() => enter(user ?? world.user));
    expect(statements.filter((name) => /^rate_limit|^password_try$/.test(name))).to.deep.equal([
      "password_try",
      "rate_limit_succeed",
    ]);
  });
});
