import { expect } from "chai";
import { OPERATIONS } from "../../src/api/operations.ts";
import type { Operation } from "../../src/api/operation.ts";
import { permit } from "../../src/domain/access/access.ts";
import type { ActingApplication, Target } from "../../src/domain/access/actor.ts";
import { API_SCOPE_NAMES, type ApiScope } from "../../src/domain/access/api-scopes.ts";
import { API_PATH } from "../../src/domain/applications/own-application.ts";
import { apiClient, type ApiClient } from "../support/api-client.ts";
import { makeThings, NO_HOOK, sampleOf, type Things } from "../support/api-samples.ts";
import { supportOffice } from "../support/console.ts";
import type { TestOffice } from "../support/people.ts";
import { onceMade } from "../support/suite-resource.ts";
import { useVestibule } from "../support/use-vestibule.ts";

interface Stage {
  readonly own: TestOffice;
  readonly other: TestOffice;
  /** By what it is bound to, and by the scopes that it has. */
  readonly clients: ReadonlyMap<string, ApiClient>;
}

const ALL = "all";
const nameOf = (bound: boolean, scope: string) => `${bound ? "own" : "platform"} ${scope}`;

/** Only looks: what changes something is tried with the scopes that it lacks, and by those who may in other tests. */
const READS = OPERATIONS.filter(({ method }) => method === "GET");

describe("every operation of the management API", function () {
  this.timeout(60_000);
  const world = useVestibule({ settings: { VESTIBULE_API_PER_MINUTE: "100000" }, user: {} });
  let made: Stage | null = null;
  const stage = onceMade(() => made);

  before(async () => {
    const own = await world.makeOffice();
    const clients = new Map<string, ApiClient>();
    for (const bound of [true, false]) {
      for (const scope of [ALL, ...API_SCOPE_NAMES]) {
        const scopes = scope === ALL ? API_SCOPE_NAMES : API_SCOPE_NAMES.filter((each) => each === scope);
        clients.set(nameOf(bound, scope), await apiClient(world, bound ? own : null, scopes));
      }
    }
    made = { own, other: await world.makeOffice(), clients };
  });

  const send = async (client: ApiClient | undefined, operation: Operation, things: Things) => {
    const { path, query, body, headers } = sampleOf(operation, things);
    const search = new URLSearchParams(query).toString();
    const address = `${path.slice(API_PATH.length)}${search === "" ? "" : `?${search}`}`;
    const answer = await client?.call(operation.method, address, { body, headers });
    return { status: answer?.status ?? 0, code: codeOf(answer?.body["code"]), body: answer?.body ?? {} };
  };

  it("T173 is refused with every scope but its own, before anything is looked at", async () => {
    const things = await makeThings(world, stage.own);
    for (const operation of OPERATIONS) {
      const others: readonly ApiScope[] = API_SCOPE_NAMES.filter((scope) => scope !== operation.scope);
      const [scope = ALL] = others.slice(OPERATIONS.indexOf(operation) % others.length);
      for (const bound of [true, false]) {
        const { status, code } = await send(stage.clients.get(nameOf(bound, scope)), operation, things);
        expect({ status, code }, `${operation.name} with ${scope}`).to.deep.equal({
          status: 403,
          code: operation.scope === null ? "people-only" : "insufficient-scope",
        });
      }
    }
  });

  it("T173 is answered with its own scope alone, or says which other one the change needs", async () => {
    for (const operation of READS) {
      const things = await makeThings(world, stage.own);
      // The platform has another list of what waits for approval, and no directory.
      const isBound = ["approvals.list", "scim-tokens.list"].includes(operation.name);
      const client = stage.clients.get(nameOf(isBound, operation.scope ?? ALL));
      const { status } = await send(client, operation, things);
      expect(status, operation.name).to.equal(200);
    }
  });

  it("T173 finds no difference from the table of permissions, for office and platform, here and elsewhere", async () => {
    for (const operation of OPERATIONS) {
      for (const [bound, office] of [
        [true, stage.own],
        [true, stage.other],
        [false, stage.other],
      ] as const) {
        const things = await makeThings(world, office);
        const { status, code } = await send(stage.clients.get(nameOf(bound, ALL)), operation, things);
        const by = actorOf(bound ? stage.own : null);
        const isPermitted = permit(by, operation.action, targetOf(operation, things, by)) === "allowed";
        const what = `${operation.name} ${bound ? "office" : "platform"} ${String(status)} ${code}`;
        expect(status !== 403 && status !== 404, what).to.equal(isPermitted);
        expect(status, what).to.be.below(500);
      }
    }
  });

  it("T174 answers another office's id exactly like one that does not exist", async () => {
    const there = await makeThings(world, stage.other);
    const nowhere = "00000000-0000-4000-8000-000000000000";
    const hook = { ...NO_HOOK, webhook: nowhere };
    const hooks = { hook, platformHook: hook };
    const gone = {
      ...there,
      office: nowhere,
      user: nowhere,
      approval: nowhere,
      import: nowhere,
      application: "app_aaaaaaaaaaaaaaaaaaaa",
      ...hooks,
    };
    const mixed = { ...there, office: stage.own.id };
    const client = stage.clients.get(nameOf(true, ALL));
    for (const operation of OPERATIONS.filter(({ path }) => path.includes("{"))) {
      const answers = [await send(client, operation, there), await send(client, operation, gone)];
      const [foreign, unknown] = answers.map(({ status, body }) => ({ status, ...body, requestId: "" }));
      expect(foreign, operation.name).to.deep.equal(unknown);
      expect(foreign?.status, operation.name).to.equal(operation.scope === null ? 403 : 404);
      if (operation.path.includes("{user}")) {
        expect((await send(client, operation, mixed)).status, operation.name).to.equal(404);
      }
    }
  });

  it("T173 does nothing to the platform's staff, nor alone to a superuser for the platform", async () => {
    const platform = stage.clients.get(nameOf(false, ALL));
    const staff = await supportOffice(world.services);
    const member = await world.makeUser({ role: "support" }, staff);
    const lead = await world.makeUser({ role: "superuser" }, stage.own);
    const of = (office: TestOffice, user: string): Things => ({
      ...{
        office: office.id,
        user,
        session: "new",
        approval: "",
        import: "",
        application: "",
        newestKey: "",
      },
      ...{ hook: NO_HOOK, platformHook: NO_HOOK },
    });
    for (const operation of OPERATIONS.filter(({ path }) => path.includes("{user}"))) {
      const { code } = await send(platform, operation, of(staff, member.id));
      expect(code, operation.name).to.equal("not-permitted");
    }
    for (const name of ["factors.reset", "users.delete", "number.enter", "number.delete", "users.enable"]) {
      const operation = OPERATIONS.find((each) => each.name === name);
      const answer = operation && (await send(platform, operation, of(stage.own, lead.id)));
      expect(answer?.code, name).to.equal("needs-second-person");
    }
  });

  it("T173 gives no application more than the operator has, nor the secret of one that may call", async () => {
    const client = stage.clients.get(nameOf(false, ALL));
    const { id } = client?.application ?? { id: "" };
    const tries = [
      await client?.post("/applications", { name: "More", type: "machine", apiScopes: ["users:delete"] }),
      await client?.patch(`/applications/${id}`, { apiScopes: [...API_SCOPE_NAMES] }),
    ];
    for (const answer of tries) {
      expect(answer?.body, JSON.stringify(answer?.body)).to.deep.include({ code: "invalid-fields" });
      expect(answer?.body["errors"]).to.deep.equal([{ field: "apiScopes", detail: "is unknown here" }]);
    }
    for (const path of ["rotate-secret", "disable", "enable"]) {
      expect((await client?.post(`/applications/${id}/${path}`))?.body, path).to.include({
        code: "not-permitted",
      });
    }
    expect((await client?.patch(`/applications/${id}`, { name: "Other" }))?.body).to.include({
      code: "not-permitted",
    });
    expect((await client?.delete(`/applications/${id}`))?.body).to.include({ code: "not-permitted" });
  });
});

const codeOf = (code: unknown): string => (typeof code === "string" ? code : "");

const actorOf = (office: TestOffice | null): ActingApplication => ({
  ...{ id: "app", officeId: office?.id ?? null, role: "application", scopes: API_SCOPE_NAMES },
});

function targetOf({ path, name }: Operation, { office, user }: Things, by: ActingApplication): Target {
  if (name === "events.list") {
    // Without an office in the request, it is about what the caller is bound to.
    return { officeId: by.officeId, user: null };
  }
  if (path.includes("{user}")) {
    return { officeId: office, user: { id: user, role: "user", ledLately: false } };
  }
  if (path.includes("{approval}")) {
    return { officeId: office, user: { id: user, role: "superuser", ledLately: false } };
  }
  if (name.startsWith("platform-")) {
    return { officeId: null, user: null };
  }
  return { officeId: path.includes("{") ? office : null, user: null };
}
