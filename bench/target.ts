import { Browser } from "./browser.ts";
import { enter, enterSilently, type VirtualUser } from "./flows.ts";
import { visitor } from "./fixtures.ts";
import { seededSchema, type Seeded } from "./messages.ts";
import type { ServerProcess } from "./server-process.ts";

const VIRTUAL_USERS = 16;

/** A server that is measured, with the virtual users that belong to it. */
export interface Target {
  readonly process: ServerProcess;
  readonly server: Seeded;
  readonly users: readonly VirtualUser[];
  /** Where its embedded PostgreSQL is; null without one. */
  readonly dataDir: string | null;
}

/** Seeds a started server and signs its virtual users in. */
export async function prepareTarget(process: ServerProcess, dataDir: string | null): Promise<Target> {
  const server = await process.ask("seed", seededSchema);
  return { process, server, users: await signInUsers(process, server), dataDir };
}

/** Virtual users of a server process, signed in; `people`: where the numbers of those who sign in begin. */
export async function signInUsers(
  process: ServerProcess,
  server: Seeded,
  people = 0,
): Promise<VirtualUser[]> {
  const nextPerson = () => (people += 1);
  const users = await Promise.all(
    Array.from({ length: VIRTUAL_USERS }, async (): Promise<VirtualUser> => {
      const browser = new Browser(process.port, server.issuer);
      const member = new Browser(process.port, server.issuer);
      const tokens = await enter(member, server, visitor(nextPerson()));
      const rotated = await enterSilently(member, server, server.rotating);
      return { browser, member, server, tokens, rotated, nextPerson };
    }),
  );
  hangUp(users);
  return users;
}

export function hangUp(users: readonly VirtualUser[]): void {
  for (const { browser, member } of users) {
    browser.hangUp();
    member.hangUp();
  }
}
