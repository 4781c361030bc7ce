import { once } from "node:events";
import { request, type IncomingMessage } from "node:http";
import { text } from "node:stream/consumers";
import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { newOfficeSchema } from "../src/domain/offices/office.ts";
import { addApiMachine, UNLIMITED, withServices } from "./api-machine.ts";
import { basic, type Client } from "./flows.ts";
import { OFFICE } from "./fixtures.ts";
import { hashedFile } from "./import-hashes.ts";
import type { Options } from "./options.ts";
import { usageSchema } from "./messages.ts";
import { postgresTime } from "./postgres-time.ts";
import type { ServerProcess } from "./server-process.ts";
import { newInstallation, type Installation } from "./servers.ts";
import { seconds, table } from "./table.ts";

const USERS = 10_000;
const GOAL_MS = 30_000;

/** A file of users with hashes of six kinds, sent to the management API. */
export async function importByApi({ scale }: Options): Promise<string> {
  const users = Math.max(100, Math.round(USERS * scale));
  await using installation = await newInstallation(UNLIMITED);
  await using server = await installation.start("Vestibule");
  const { VESTIBULE_ISSUER: issuer = "" } = installation.environment;
  const office = await withServices(installation, ({ officeService }) =>
    officeService.add(newOfficeSchema.parse(OFFICE), "bench"),
  );
  const machine = await addApiMachine(installation, ["users:write", "users:secrets"]);
  const send = sender(server.port, issuer);
  const token = await tokenOf(send, machine, issuer);
  const path = `/api/v1/offices/${office}/imports`;
  const headers = { authorization: `Bearer ${token}`, "content-type": "application/jsonl" };
  const [began, before] = [performance.now(), await processorTime(server, installation)];
  const answer = await send(path, headers, hashedFile(users));
  const [took, after] = [performance.now() - began, await processorTime(server, installation)];
  const { added } = JSON.parse(answer) as { added: number };
  if (added !== users) {
    throw new Error(`${String(added)} of ${String(users)} users were added: ${answer}`);
  }
  return table(
    ["one request", "time", "goal", "Node", "PostgreSQL"],
    [
      [
        ...[`${String(users)} users with hashes of six kinds`, seconds(took), seconds(GOAL_MS)],
        ...[seconds(after.node - before.node), seconds(after.postgres - before.postgres)],
      ],
    ],
  );
}

/** Milliseconds since the processes began. */
const processorTime = async (server: ServerProcess, { dataDir }: Installation) => ({
  node: (await server.ask("usage", usageSchema)).cpu,
  postgres: postgresTime(dataDir) ?? NaN,
});

type Send = (
  path: string,
  headers: Readonly<Record<string, string>>,
  body: Iterable<string>,
) => Promise<string>;

/** Posts to a server as a proxy in front of it does, which has ended TLS. */
function sender(port: number, issuer: string): Send {
  return async (path, headers, body) => {
    const { host } = new URL(issuer);
    const sent = request({
      ...{ port, path, method: "POST" },
      headers: { host, "x-forwarded-proto": "https", ...headers },
    });
    const answered = once(sent, "response") as Promise<[IncomingMessage]>;
    await pipeline(Readable.from(body), sent);
    const [response] = await answered;
    const answer = await text(response);
    if (response.statusCode !== 200 && response.statusCode !== 201) {
      throw new Error(`${path} was answered ${String(response.statusCode)}: ${answer}`);
    }
    return answer;
  };
}

async function tokenOf(send: Send, machine: Client, issuer: string): Promise<string> {
  const fields = new URLSearchParams({
    grant_type: "client_credentials",
    resource: `${issuer}/api/v1`,
    scope: "users:write users:secrets",
  });
  const headers = {
    authorization: basic(machine).Authorization,
    "content-type": "application/x-www-form-urlencoded",
  };
  const { access_token: token } = JSON.parse(await send("/token", headers, [fields.toString()])) as {
    access_token: string;
  };
  return token;
}
