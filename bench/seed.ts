import type { Services } from "../src/compose.ts";
import { randomId } from "../src/kernel/random.ts";
import { newApplicationSchema } from "../src/applications/application.ts";
import { newOfficeSchema } from "../src/offices/office.ts";
import { toClientMetadata } from "../src/oidc/client-metadata.ts";
import { newUserSchema } from "../src/users/user.ts";
import { OFFICE, PASSWORD, REDIRECT_URI, USERS, usernameOf } from "./fixtures.ts";
import type { Seeded } from "./messages.ts";

const ACTOR = "bench";

/** An office with its people, who share one password and its hash, and two applications. */
export async function seed(services: Services): Promise<Seeded> {
  const { officeService, settings } = services;
  const officeId = await officeService.add(newOfficeSchema.parse(OFFICE), ACTOR);
  await addUsers(services, officeId);
  const web = await addApplication(services, {
    name: "Bench web application",
    type: "web",
    firstParty: true,
    redirectUris: [REDIRECT_URI],
  });
  const machine = await addApplication(services, {
    name: "Bench machine",
    type: "machine",
    firstParty: true,
  });
  const algorithm = String(toClientMetadata(web.application)["id_token_signed_response_alg"]);
  return { issuer: settings.issuer, web: web.client, machine: machine.client, algorithm };
}

async function addUsers({ database, users, hasher }: Services, officeId: string): Promise<void> {
  const passwordHash = await hasher.hash(PASSWORD);
  const at = new Date();
  await database.inOffice(officeId, async (tx) => {
    for (let number = 0; number < USERS; number += 1) {
      const username = usernameOf(number);
      const draft = newUserSchema.parse({ username, name: username, mail: `${username}@bench.example` });
      await users.add(tx, { ...draft, id: randomId(), officeId, passwordHash, at });
    }
  });
}

async function addApplication({ applicationService }: Services, draft: object) {
  const { application, secret } = await applicationService.add(
    newApplicationSchema.parse(draft),
    null,
    ACTOR,
  );
  return { application, client: { id: application.id, secret: secret?.reveal() ?? "" } };
}
