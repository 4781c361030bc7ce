import { expect } from "chai";
import type { RequestKey, Begun } from "../../src/api/idempotency-store.ts";
import { asOwner } from "../support/database.ts";
import { useServices } from "../support/use-vestibule.ts";

/** A first try that takes longer than a minute; the same request has begun again meanwhile. */
describe("a request with an Idempotency-Key, of which a second try has begun", () => {
  const world = useServices({ office: {} });
  let made = 0;

  const begunTwice = async () => {
    made += 1;
    const { apiRequests: store } = world.services.stores;
    const request: RequestKey = {
      ...{ applicationId: "app_test", officeId: world.office.id, content: "the same" },
      key: `key ${String(made)}`,
    };
    const begin = async (): Promise<Extract<Begun, { type: "new" }>> => {
      const begun = await store.begin(request);
      return begun.type === "new" ? begun : expect.fail(begun.type);
    };
    const first = await begin();
    await asOwner(world.database, "update api_requests set begun_at = begun_at - interval '2 minutes'");
    return { store, request, first, second: await begin() };
  };

  for (const end of ["endTry", "forget"] as const) {
    it(`T254 is still that of the second when the first fails (${end})`, async () => {
      const { store, request, first, second } = await begunTwice();
      await store[end](request, first.begunAt);
      expect((await store.begin(request)).type).to.equal("running");
      await store[end](request, second.begunAt);
      expect((await store.begin(request)).type).to.equal("new");
    });
  }
});
