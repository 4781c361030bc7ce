import { OPERATIONS } from "../../../src/api/operations.ts";
import { API_PATH } from "../../../src/domain/applications/own-application.ts";
import { makeThings, sampleOf } from "../api-samples.ts";
import { apiClient, apiToken } from "../api-client.ts";
import { API_SCOPE_NAMES } from "../../../src/domain/access/api-scopes.ts";
import { emptyDraft, fieldsOf, type Draft } from "./draft.ts";
import type { Ground, Seed } from "./ground.ts";
import type { Operation } from "../../../src/api/operation.ts";

const tokens = new WeakMap<Ground, Promise<string>>();

/** One application for all requests of a run. */
async function tokenOf(ground: Ground): Promise<string> {
  const made =
    tokens.get(ground) ??
    apiClient(ground.world, null).then(({ application }) =>
      apiToken(ground.world.browser(), application, API_SCOPE_NAMES),
    );
  tokens.set(ground, made);
  return made;
}

const seedOf =
  (operation: Operation): Seed =>
  async (ground): Promise<Draft> => {
    const { world } = ground;
    const { path, query, body, headers } = sampleOf(
      operation,
      await makeThings(world, await world.makeOffice()),
    );
    const { "content-type": type = "application/json", ...others } = headers;
    const bytes = body === undefined || typeof body === "string" ? body : JSON.stringify(body);
    return {
      ...emptyDraft(operation.method, path),
      query: fieldsOf(query),
      headers: [["authorization", `Bearer ${await tokenOf(ground)}`], ...Object.entries(others)],
      ...(bytes === undefined ? {} : { body: { type, bytes } }),
    };
  };

/** A right request for every operation of the management API. */
export const API_SEEDS: Readonly<Record<string, readonly Seed[]>> = {
  [`GET ${API_PATH}/openapi.json`]: [() => Promise.resolve(emptyDraft("GET", `${API_PATH}/openapi.json`))],
  ...Object.fromEntries(
    OPERATIONS.map((operation) => [
      `${operation.method} ${API_PATH}${operation.path.replace(/\{(\w+)\}/g, ":$1")}`,
      [seedOf(operation)],
    ]),
  ),
};
