import { placeOf } from "../../support/example.ts";
import type { Recorded, RecordedRequest } from "../../support/recorded-client.ts";
import type { Client } from "./client.ts";
import { writeFormatted } from "./document.ts";
import type { Heard } from "./recorder.ts";
import type { Stage } from "./stage.ts";

/** What clients call; everything else is what a browser does between. */
const CALLED = [
  "/authorize",
  "/par",
  "/token",
  "/userinfo",
  "/introspect",
  "/revoke",
  "/sign-out",
  "/device/authorize",
];

/** Parameters whose value is another at each sign-in. The tests put their own in their place. */
const OPAQUE: ReadonlySet<string> = new Set([
  "access_token",
  "client_id",
  "client_secret",
  "code",
  "code_challenge",
  "code_verifier",
  "device_code",
  "id_token_hint",
  "logout_hint",
  "nonce",
  "refresh_token",
  "state",
  "token",
]);

const OWN = "…";

/** Keeps what a client has sent for the tests, in test/clients/recorded. */
export async function keepRecord({ name, version }: Client, stage: Stage): Promise<void> {
  const requests = stage.house.recorder.heard.filter(isCalled).map((heard) => recordedOf(heard, stage));
  // Resource servers sign no one in.
  if (!requests.some(({ path }) => path === "/token")) {
    return;
  }
  const record: Recorded = {
    client: name,
    version,
    source: "recorded",
    registrations: stage.registered.map(({ draft }) => placed(draft, stage)),
    requests: withoutRepeats(requests),
  };
  const file = placeOf(`test/clients/recorded/${name}.json`);
  await writeFormatted(file, JSON.stringify(record));
}

const isCalled = ({ method, path, form }: Heard): boolean =>
  CALLED.includes(path) &&
  !("xsrf" in form) &&
  method !== "OPTIONS" &&
  // That of a resource server's caller, which is none of the clients.
  form["grant_type"] !== "client_credentials";

function recordedOf({ method, path, query, form, authorization }: Heard, stage: Stage): RecordedRequest {
  const parameters = { ...query, ...form };
  return {
    method,
    path,
    authorization,
    parameters: placed(
      Object.fromEntries(
        Object.entries(parameters).map(([name, value]) => [
          name,
          OPAQUE.has(name) && value !== "" ? OWN : value,
        ]),
      ),
      stage,
    ),
  };
}

/** The client's own address and port differ from run to run. */
const placed = <T>(value: T, { here, issuer, port }: Stage): T =>
  JSON.parse(
    JSON.stringify(value)
      .replaceAll(here, "{here}")
      .replaceAll(issuer, "{issuer}")
      .replaceAll(`:${String(port)}`, ":{port}")
      .replaceAll(`/${String(port)}`, "/{port}"),
  ) as T;

/** A request that comes again is kept twice at most: two that come at once are a race, more are the same one. */
function withoutRepeats(requests: readonly RecordedRequest[]): RecordedRequest[] {
  const seen = new Map<string, number>();
  return requests.filter((request) => {
    const key = JSON.stringify(request);
    const times = (seen.get(key) ?? 0) + 1;
    seen.set(key, times);
    return times <= 2;
  });
}
