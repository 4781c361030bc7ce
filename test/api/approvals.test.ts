import { expect } from "chai";
import { API_SCOPE_NAMES } from "../../src/domain/access/api-scopes.ts";
import type { Actor } from "../../src/domain/access/actor.ts";
import { OPERATOR, makeActor, type TestActor } from "../support/actors.ts";
import { apiClient, type ApiClient } from "../support/api-client.ts";
import { asOwner } from "../support/database.ts";
import type { TestOffice } from "../support/people.ts";
import { MAKE, REASON, twoPeople, type Place } from "../support/two-people.ts";
import { useVestibule } from "../support/use-vestibule.ts";

/** What waits in an office, and who have asked and may decide. */
interface Waiting {
  readonly place: Place;
  readonly key: { readonly id: string; readonly officeId: string };
  readonly support: TestActor;
  readonly path: string;
}

describe("changes for two people at the management API", () => {
  const world = useVestibule({ user: {} });
  const people = () => twoPeople(world);

  const makeWaiting = async (): Promise<Waiting> => {
    const place = await people().placeWith("one");
    const support = await makeActor(world.services, place.office, "support");
    const key = await people().requested(place, place.plain, { asked: MAKE, by: support });
    return { place, key, support, path: `/offices/${place.office.id}/approvals` };
  };

  const listedIds = async (api: ApiClient, path: string): Promise<unknown[]> => {
    const { body } = await api.get(path);
    return (body["items"] as { id: unknown }[]).map(({ id }) => id);
  };

  const asApplication = (api: ApiClient, office: TestOffice | null): Actor => ({
    ...{ id: api.application.id, officeId: office?.id ?? null },
    ...{ role: "application", scopes: API_SCOPE_NAMES },
  });

  it("T220 are listed of an office for it, and of all offices for the platform", async () => {
    const [{ place, key, path }, other] = [await makeWaiting(), await makeWaiting()];
    const api = await apiClient(world, place.office);
    const { body } = await api.get(path);
    expect(body["items"]).to.have.length(1);
    expect((body["items"] as unknown[])[0]).to.deep.include({
      id: key.id,
      office: { id: place.office.id, code: place.office.code },
      action: "role",
      role: "superuser",
      reason: REASON,
    });
    expect((await api.get(other.path)).status).to.equal(404);
    expect((await api.get("/approvals")).body).to.include({ code: "not-permitted" });
    const ofPlatform = await listedIds(await apiClient(world, null), "/approvals");
    expect(ofPlatform).to.include.members([key.id, other.key.id]);
  });

  it("T220 are approved by no program, of the office or of the platform, whatever its scopes", async () => {
    const { place, key, path } = await makeWaiting();
    for (const office of [place.office, null]) {
      const api = await apiClient(world, office);
      const { status, body } = await api.post(`${path}/${key.id}/approve`);
      expect({ status, code: body["code"] }).to.deep.equal({ status: 403, code: "people-only" });
      expect(await people().approve(key, asApplication(api, office))).to.equal("not-permitted");
    }
    const [lead] = place.superusers;
    expect(await people().approve(key, lead ?? OPERATOR)).to.equal("approved");
  });

  it("T220 are asked for by no program either, so that none could agree with another", async () => {
    const place = await people().placeWith("one");
    const [lead] = place.superusers;
    const api = await apiClient(world, null);
    const path = `/offices/${place.office.id}/users/${lead?.user.id ?? ""}/factors/reset`;
    expect((await api.post(path, { reason: REASON })).body).to.include({ code: "needs-second-person" });
    expect(await listedIds(await apiClient(world, place.office), `/offices/${place.office.id}/approvals`)).to
      .be.empty;
  });

  it("T220 are refused by a program once, which leaves what a person's refusal leaves", async () => {
    const [mine, theirs] = [await makeWaiting(), await makeWaiting()];
    const [lead] = mine.place.superusers;
    await world.services.administration.approvals.cancel(mine.key, lead ?? OPERATOR);
    const api = await apiClient(world, theirs.place.office);
    expect((await api.post(`${theirs.path}/${theirs.key.id}/refuse`)).status).to.equal(204);
    expect((await api.post(`${theirs.path}/${theirs.key.id}/refuse`)).status).to.equal(404);
    const left = ({ place }: Waiting, actor: string) =>
      asOwner<{ type: string }>(
        world.database,
        `select type, outcome, details, subject = $3 as "isAbout" from audit_events
         where office_id = $1 and actor = $2 order by id`,
        [place.office.id, actor, place.plain.id],
      );
    const one = await left(mine, lead?.id ?? "");
    expect(one.map(({ type }) => type)).to.deep.equal(["user.role-cancelled"]);
    expect(await left(theirs, api.application.id)).to.deep.equal(one);
    expect(await people().approve(theirs.key, theirs.place.superusers[0] ?? OPERATOR)).to.equal("gone");
  });

  it("T220 are refused with their own scope alone", async () => {
    const { place, key, path } = await makeWaiting();
    const api = await apiClient(world, place.office, ["approvals:read", "users:write", "factors:write"]);
    expect((await api.post(`${path}/${key.id}/refuse`)).body).to.include({ code: "insufficient-scope" });
    expect(await listedIds(api, path)).to.deep.equal([key.id]);
  });
});
