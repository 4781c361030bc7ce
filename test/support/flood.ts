import type { Services } from "../../src/server/wiring/services.ts";
import type { TestUser } from "./people.ts";

let made = 0;
const next = () => (made += 1);

/** A visitor from an address that no test has used before. */
export function stranger() {
  const address = `198.18.${String(next() >> 8)}.${String(made & 255)}`;
  return { address, addressGroup: address, requestId: "stranger" };
}

/** This machine: the address of every browser of a test. */
export const NEIGHBOUR = { address: "127.0.0.1", addressGroup: "127.0.0.1", requestId: "neighbour" };

/** One wrong password, different from all others. */
export function guess(
  { passwords }: Services,
  { office, username }: Pick<TestUser, "office" | "username">,
  visitor = stranger(),
) {
  const password = `guess number ${String(next())}`;
  return passwords.check({ officeCode: office.code, username, password, browser: [], visitor });
}

/** What a stranger fills to keep the owner of an account out; each until nothing more is looked at. */
export const FLOODS = {
  "the account, from many addresses": (services: Services, user: TestUser) =>
    until(() => guess(services, user)),
  "the owner's own address": (services: Services, { office }: TestUser) =>
    until(() => guess(services, { office, username: `anybody${String(next())}` }, NEIGHBOUR)),
  "the office, with every name once and again": async (services: Services, user: TestUser) => {
    await guess(services, user);
    const namesake = { office: user.office, username: `namesake${String(next())}` };
    await until(
      () => guess(services, { ...namesake, username: `anybody${String(next())}` }),
      TRIES_OF_OFFICE,
    );
    await guess(services, user);
  },
} as const;

/** For `VESTIBULE_GUARD_OFFICE_TRIES`, so that an office is flooded soon. */
export const TRIES_OF_OFFICE = 50;

async function until(work: () => Promise<{ type: string }>, most = 200): Promise<void> {
  for (let tries = 0; tries < most; tries += 1) {
    if ((await work()).type === "too-many") {
      return;
    }
  }
}
