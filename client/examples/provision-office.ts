/**
 * Makes an office with ten users. It may be started again: what is there already stays as it is. Its application has no office and the
 * scopes offices:read, offices:write, users:read and users:write. Start: ISSUER=… CLIENT_ID=… CLIENT_SECRET=… OFFICE_CODE=NOORD node client/examples/provision-office.ts
 */
import { ApiError, createClient, each } from "@vestibule/client";

const { ISSUER = "http://localhost:3000", CLIENT_ID = "", CLIENT_SECRET = "" } = process.env;
const { OFFICE_CODE = "NOORD" } = process.env;
const PEOPLE = ["Anna", "Bram", "Carla", "Daan", "Esra", "Femke", "Guus", "Hanna", "Ines", "Jan"];

const client = createClient({
  issuer: ISSUER,
  clientId: CLIENT_ID,
  clientSecret: CLIENT_SECRET,
  scopes: ["offices:read", "offices:write", "users:read", "users:write"],
});

const office = await officeOf(OFFICE_CODE);
for (const name of PEOPLE) {
  const username = name.toLowerCase();
  const body = { username, name: `${name} Smit`, mail: `${username}@noord.example`, invite: true };
  await client.users.add({ office, body }).catch(unless("username-taken"));
}
let users = 0;
for await (const { name, username } of each(client.users.list, { office, sort: "name" })) {
  users += 1;
  console.log(`${name} signs in as ${username}`);
}
console.log(`${OFFICE_CODE} has ${String(users)} users`);

/** The id of the office with this code, which is added where there is none. */
async function officeOf(code: string): Promise<string> {
  for await (const found of each(client.offices.list, { search: code })) {
    if (found.code === code) {
      return found.id;
    }
  }
  const { body } = await client.offices.add({ body: { code, name: "Noord Accountants", language: "nl" } });
  return body.id;
}

/** Passes over one kind of error. */
function unless(code: ApiError["code"]) {
  return (error: unknown): null => {
    if (error instanceof ApiError && error.code === code) {
      return null;
    }
    throw error;
  };
}
