import type { Answer } from "./connection.ts";
import { basic, expect, type ApiAccess, type Client, type VirtualUser } from "./flows.ts";

const ROOT = "/api/v1";
const RESOURCE_SCOPES = "offices:read users:read";

/** Requests of the management API. */
export const API_FLOWS = {
  "api-user": readUser,
  "users by username": pagesBy("username"),
  "users by name": pagesBy("name"),
  "users by last sign-in": pagesBy("last-sign-in"),
} as const satisfies Record<string, (user: VirtualUser) => Promise<unknown>>;
export type ApiFlowName = keyof typeof API_FLOWS;

async function readUser(user: VirtualUser): Promise<void> {
  const answer = await ask(user, access(user).user);
  expect(answer.headers.has("etag"), "a user with a version", answer);
}

/** A page of a hundred, and at the next time the one behind it. */
function pagesBy(sort: string) {
  const cursors = new WeakMap<VirtualUser, string>();
  return async (user: VirtualUser): Promise<void> => {
    const after = cursors.get(user);
    const query = new URLSearchParams({ size: "100", sort, ...(after === undefined ? {} : { after }) });
    const answer = await ask(user, `${access(user).users}?${query.toString()}`);
    const { items, next } = JSON.parse(answer.body) as { items: unknown[]; next: string | null };
    expect(items.length === 100, "a hundred users", answer);
    if (next === null) {
      cursors.delete(user);
    } else {
      cursors.set(user, next);
    }
  };
}

function access({ api }: VirtualUser): ApiAccess {
  if (api === undefined) {
    throw new Error("Only api-reading.ts gives its virtual users a token for the API.");
  }
  return api;
}

const ask = (user: VirtualUser, path: string): Promise<Answer> => get(user, access(user).token, path);

async function get({ browser }: VirtualUser, token: string, path: string): Promise<Answer> {
  const answer = await browser.get(`${ROOT}${path}`, { Authorization: `Bearer ${token}` });
  expect(answer.status === 200, path, answer);
  return answer;
}

/** Gets a token of the machine for a virtual user, and looks up what it will ask for. */
export async function apiAccess(
  user: VirtualUser,
  machine: Client,
  codes: { readonly office: string; readonly large: string },
): Promise<ApiAccess> {
  const fields = {
    grant_type: "client_credentials",
    resource: `${user.server.issuer}${ROOT}`,
    scope: RESOURCE_SCOPES,
  };
  const given = await user.browser.post("/token", fields, basic(machine));
  expect(given.status === 200, "a token for the API", given);
  const { access_token: token } = JSON.parse(given.body) as { access_token: string };
  const first = async (path: string): Promise<string> => {
    const { items } = JSON.parse((await get(user, token, path)).body) as { items: { id: string }[] };
    return items[0]?.id ?? "";
  };
  const officeOf = async (code: string) => `/offices/${await first(`/offices?size=1&search=${code}`)}`;
  const own = `${await officeOf(codes.office)}/users`;
  return {
    token,
    user: `${own}/${await first(`${own}?size=1`)}`,
    users: `${await officeOf(codes.large)}/users`,
  };
}
