import { expect } from "chai";
import { asOwner } from "../../support/database.ts";
import { NEIGHBOUR, stranger } from "../../support/flood.ts";
import { useServices } from "../../support/use-vestibule.ts";

/** Of all addresses together. */
const TRIES = 2_000;

describe("the guard of user codes, when strangers have made every try of the installation", () => {
  const world = useServices();
  const { services } = world;
  beforeEach(async () => {
    await asOwner(world.database, "delete from rate_limits");
    await services.userCodes.reserve(stranger());
    await asOwner(world.database, "update rate_limits set used = $1 where scope = 'user-code'", [TRIES]);
  });
  const rows = () =>
    asOwner<{ scope: string; used: number }>(
      world.database,
      "select scope, used from rate_limits where used > 0 order by used",
    );

  it("T125 lets the next address type a code, and no second after a wrong one", async () => {
    expect(await services.userCodes.reserve(NEIGHBOUR), "the first").to.not.equal(null);
    expect(await services.userCodes.reserve(NEIGHBOUR), "the second").to.equal(null);
  });

  it("T125 lets an address type as many right ones as it likes", async () => {
    for (let device = 0; device < 30; device += 1) {
      const reserved = await services.userCodes.reserve(NEIGHBOUR);
      await services.userCodes.giveBack(reserved ?? expect.fail(String(device)));
    }
    const [own, all] = await rows();
    expect([own, all]).to.deep.equal([
      { scope: "user-code-address", used: 1 },
      { scope: "user-code", used: TRIES },
    ]);
  });

  it("T125 keeps to the limit of an address all the same", async () => {
    const visitor = stranger();
    await asOwner(world.database, "delete from rate_limits");
    const answers = [];
    for (let tries = 0; tries < 25; tries += 1) {
      answers.push(await services.userCodes.reserve(visitor));
    }
    expect(answers.filter((answer) => answer !== null)).to.have.length(20);
  });
});
