import { expect } from "chai";
import { requireSeeds } from "../support/fuzz/fuzz.ts";
import { newFuzzer, tellFindings, useFuzzedWorld } from "../support/fuzz/fuzzed-world.ts";

/** Routes whose right request needs more than its seed has: the answer is a refusal of another kind. */
const REFUSED: Readonly<Record<string, readonly number[]>> = {
  // A token in the address beside one in the header.
  "GET /userinfo": [400],
  // The device has to wait, or names a resource that is not registered.
  "POST /token": [400],
  // With every parameter that is refused.
  "POST /par": [400],
  "GET /sign-out": [400],
  "POST /sign-out": [400],
  // Without the session that the address leads back to.
  "GET /device/:uid": [400],
  // A code that was not given out.
  "POST /device": [400],
  "GET /reset-password/done": [404],
  "GET /invitation/done": [404],
  // The groups are the roles.
  "POST /scim/v2/Groups": [403],
  "DELETE /scim/v2/Groups/:id": [403],
  // The platform has another list.
  "GET /api/v1/offices/:office/approvals": [403],
  // It has no directory either.
  "GET /api/v1/offices/:office/scim-tokens": [403],
  "POST /api/v1/offices/:office/scim-tokens": [403],
  "DELETE /api/v1/offices/:office/scim-tokens": [403],
  // A person approves in the console.
  "POST /api/v1/offices/:office/approvals/:approval/approve": [403],
  // No number waits for approval.
  "POST /api/v1/offices/:office/users/:user/number/approve": [409],
  "POST /api/v1/offices/:office/users/:user/number/refuse": [409],
};

describe("input that is wrong in one place", function () {
  // 600 requests take eight seconds on a machine that does nothing else.
  this.timeout(120_000);
  const world = useFuzzedWorld();
  // The same requests in every run: what another seed would find belongs to `npm run fuzz`, and not to the next change.
  const fuzzer = newFuzzer(136);

  it("T136 starts from requests that are right, so that what is spoilt reaches the code behind the checks", async () => {
    const statuses = await fuzzer.of(world).sendRight();
    for (const [route, found] of statuses) {
      const isPage = /^(GET|POST) \/(account|console)/.test(route);
      const refused = found.filter((status) => status >= 400 && !(REFUSED[route] ?? []).includes(status));
      // Some actors may not be there at all; one who may is enough.
      expect(isPage ? [Math.min(...found) < 400 || route.startsWith("POST")] : refused, route).to.deep.equal(
        isPage ? [true] : [],
      );
    }
  });

  it(`T136 is refused by one answer and one line of the log, and never by a fault (seed ${String(fuzzer.seed)})`, async () => {
    const report = await fuzzer.of(world).run(600);
    expect(report.findings, tellFindings(report)).to.be.empty;
    expect(report.statuses.get(400), "requests that were refused").to.be.greaterThan(50);
    expect(report.statuses.get(200), "requests that came through").to.be.greaterThan(50);
  });

  it("T136 has a right request for every route, or says which one lacks it", () => {
    expect(() => {
      requireSeeds(["GET /account", "POST /console/o/:office/users/:user/edit", "POST /token"]);
    }).not.to.throw();
    for (const route of ["GET /console/o/:office/new/:thing", "POST /new-endpoint", "DELETE /account"]) {
      expect(() => {
        requireSeeds(["GET /account", route]);
      }).to.throw(route);
    }
  });
});
