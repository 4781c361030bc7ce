import type { Services } from "../src/compose.ts";
import { randomId } from "../src/kernel/random.ts";
import { newApplicationSchema } from "../src/applications/application.ts";
import { newOfficeSchema } from "../src/offices/office.ts";
import { toClientMetadata } from "../src/oidc/client-metadata.ts";
import { sealTotpSecret } from "../src/factors/totp-secret.ts";
import { newUserSchema } from "../src/users/user.ts";
import {
  APP_USERS,
  appVisitor,
  OFFICE,
  PASSWORD,
  REDIRECT_URI,
  STRICT_OFFICE,
  USERS,
  visitor,
  type Visitor,
} from "./fixtures.ts";
import type { Seeded } from "./messages.ts";

const ACTOR = "bench";

/** Two offices with their people, who share one password and its hash, and two applications. */
export async function seed(services: Services): Promise<Seeded> {
  const { officeService, settings } = services;
  const officeId = await officeService.add(newOfficeSchema.parse(OFFICE), ACTOR);
  await addUsers(services, officeId, numbered(USERS, visitor));
  const strict = await addStrictOffice(services);
  await addUsers(services, strict, numbered(APP_USERS, appVisitor));
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

const numbered = (count: number, make: (number: number) => Visitor): Visitor[] =>
  Array.from({ length: count }, (_, number) => make(number));

async function addStrictOffice({ officeService, offices }: Services): Promise<string> {
  const id = await officeService.add(newOfficeSchema.parse(STRICT_OFFICE), ACTOR);
  const office = await offices.find(id);
  if (office === null) {
    throw new Error("The office that was just added is missing.");
  }
  const secondFactor = { demand: "required", from: null, methods: ["totp"] } as const;
  await officeService.change({ ...office, secondFactor }, ACTOR);
  return id;
}

async function addUsers(services: Services, officeId: string, visitors: readonly Visitor[]): Promise<void> {
  const { database, users, hasher, secondFactor } = services;
  const passwordHash = await hasher.hash(PASSWORD);
  const at = new Date();
  await database.inOffice(officeId, async (tx) => {
    for (const { username, secret } of visitors) {
      const draft = newUserSchema.parse({ username, name: username, mail: `${username}@bench.example` });
      const person = { id: randomId(), officeId };
      await users.add(tx, { ...draft, ...person, passwordHash, at });
      if (secret !== null) {
        const sealedSecret = sealTotpSecret(secondFactor.box, person, secret);
        const factor = { sealedSecret, lastStep: 0, confirmedAt: at, replaces: false };
        await secondFactor.factors.addTotp(tx, person, factor);
      }
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
