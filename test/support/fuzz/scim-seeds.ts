import { ROUTE_LIST } from "../../../src/api/scim/scim-routes.ts";
import { patchOf, scimToken } from "../scim-client.ts";
import { emptyDraft, fieldsOf, type Draft } from "./draft.ts";
import type { Seed } from "./ground.ts";

let made = 0;

const BODIES: Readonly<Record<string, () => unknown>> = {
  "POST /scim/v2/Users": () => ({
    schemas: ["urn:ietf:params:scim:schemas:core:2.0:User"],
    ...{ userName: `scim-${String((made += 1))}`, displayName: "Ines Smit", active: true },
    emails: [{ value: "ines@mail.example", type: "work", primary: true }],
  }),
  "POST /scim/v2/Groups": () => ({ displayName: "Sales" }),
  "PATCH /scim/v2/Groups/:id": () => patchOf([{ op: "Remove", path: "members" }]),
  "PUT /scim/v2/Users/:id": () => ({ userName: `scim-${String((made += 1))}`, displayName: "Ines de Smit" }),
  "PATCH /scim/v2/Users/:id": () =>
    patchOf([
      { op: "Replace", path: 'emails[type eq "work"].value', value: "new@mail.example" },
      { op: "Replace", value: { active: "False" } },
    ]),
};

const REPLACES_MEMBERS = "PUT /scim/v2/Groups/:id";

const IDS: Readonly<Record<string, string>> = {
  "/scim/v2/Schemas/:id": "urn:ietf:params:scim:schemas:core:2.0:User",
  "/scim/v2/Groups/:id": "accountant",
  "/scim/v2/ResourceTypes/:id": "User",
};

const QUERIES: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  "GET /scim/v2/Users": {
    ...{ filter: 'userName co "e" and not (active eq false)', startIndex: "1", count: "5" },
    attributes: "userName,name.formatted",
  },
};

const seedOf =
  (method: string, path: string): Seed =>
  async ({ world }): Promise<Draft> => {
    const office = await world.makeOffice();
    const { id } = await world.makeUser({}, office);
    const name = `${method} ${path}`;
    const body =
      name === REPLACES_MEMBERS ? { displayName: "accountant", members: [{ value: id }] } : BODIES[name]?.();
    return {
      ...emptyDraft(method, path.replace(":id", IDS[path] ?? id)),
      query: fieldsOf(QUERIES[name] ?? {}),
      headers: [["authorization", `Bearer ${await scimToken(world, office)}`]],
      ...(body === undefined ? {} : { body: { type: "application/scim+json", bytes: JSON.stringify(body) } }),
    };
  };

/** A right request for every address of SCIM. */
export const SCIM_SEEDS: Readonly<Record<string, readonly Seed[]>> = Object.fromEntries(
  ROUTE_LIST.flatMap(({ methods, path }) =>
    methods.map((method) => [`${method} ${path}`, [seedOf(method, path)]] as const),
  ),
);
