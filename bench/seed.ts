import type { Services } from "../src/server/wiring/services.ts";
import { homeOf, idAt } from "../src/kernel/home.ts";
import { newApplicationSchema } from "../src/domain/applications/application.ts";
import type { UserRef } from "../src/domain/users/user-ref.ts";
import { newOfficeSchema, type Office } from "../src/domain/offices/office.ts";
import { toClientMetadata } from "../src/protocol/clients/client-metadata.ts";
import { sealTotpSecret } from "../src/domain/factors/totp-secret.ts";
import { newUserSchema, type User } from "../src/domain/users/user.ts";
import {
  APP_USERS,
  appVisitor,
  KEY_OFFICE,
  KEY_USERS,
  keyVisitor,
  numberOf,
  OFFICE,
  PASSWORD,
  REDIRECT_URI,
  OPAQUE_RESOURCE,
  RESOURCE,
  STAFF,
  staffVisitor,
  STRICT_OFFICE,
  TEXT_OFFICE,
  TEXT_USERS,
  textVisitor,
  USERS,
  visitor,
  type Visitor,
} from "./fixtures.ts";
import type { Seeded } from "./messages.ts";
import { passkeyOf } from "./passkeys.ts";

const ACTOR = "bench";

/** Offices with their people and the platform's staff, who share one password and its hash, and applications. */
export async function seed(services: Services): Promise<Seeded> {
  const { officeService, settings } = services;
  const officeId = await officeService.add(newOfficeSchema.parse(OFFICE), ACTOR);
  await addUsers(services, officeId, numbered(USERS, visitor));
  const strict = await addStrictOffice(services);
  await addUsers(services, strict, numbered(APP_USERS, appVisitor));
  await addTextPeople(services);
  const keys = await addKeyPeople(services);
  const platform = await officeService.supportOffice("Bench", ACTOR);
  await addUsers(services, platform.id, numbered(STAFF, staffVisitor), "support");
  for (const [resourceIdentifier, resourceTokens] of [
    [RESOURCE, "jwt"],
    [OPAQUE_RESOURCE, "opaque"],
  ]) {
    await addApplication(services, {
      name: "Bench resource server",
      type: "web",
      firstParty: true,
      redirectUris: [`${String(resourceIdentifier)}/callback`],
      resourceIdentifier,
      resourceScopes: ["read"],
      resourceTokens,
    });
  }
  const web = await addApplication(services, {
    name: "Bench web application",
    type: "web",
    firstParty: true,
    redirectUris: [REDIRECT_URI],
  });
  // The library has no grace either.
  const rotating = await addApplication(services, {
    name: "Bench rotating application",
    type: "web",
    firstParty: true,
    redirectUris: [REDIRECT_URI],
    rotateRefreshTokens: true,
    refreshGraceSeconds: 0,
  });
  const keyed = await addApplication(
    services,
    {
      name: "Bench application of one office",
      type: "web",
      firstParty: true,
      redirectUris: [REDIRECT_URI],
    },
    keys,
  );
  const machine = await addApplication(services, {
    name: "Bench machine",
    type: "machine",
    firstParty: true,
    resources: [RESOURCE, OPAQUE_RESOURCE],
  });
  const algorithm = String(toClientMetadata(web.application, false)["id_token_signed_response_alg"]);
  return {
    issuer: settings.issuer,
    web: web.client,
    rotating: rotating.client,
    machine: machine.client,
    keyed: keyed.client,
    algorithm,
  };
}

const numbered = (count: number, make: (number: number) => Visitor): Visitor[] =>
  Array.from({ length: count }, (_, number) => make(number));

const addStrictOffice = (services: Services): Promise<string> =>
  addOffice(services, STRICT_OFFICE, {
    secondFactor: { demand: "required", from: null, methods: ["totp"] },
  });

/** People whose number is confirmed. */
async function addTextPeople(services: Services): Promise<void> {
  const { database, secondFactor } = services;
  const officeId = await addOffice(services, TEXT_OFFICE, {
    secondFactor: { demand: "required", from: null, methods: ["sms"] },
    smsDailyBudget: 1_000_000,
  });
  const people = await addUsers(services, officeId, numbered(TEXT_USERS, textVisitor));
  const at = new Date();
  await database.inOffice(officeId, async (tx) => {
    for (const [index, person] of people.entries()) {
      const number = numberOf(index);
      await secondFactor.numbers.put(tx, person, { number, state: "confirmed", enteredBy: "user", at });
      await secondFactor.factors.confirm(tx, person, { kind: "sms", at });
    }
  });
}

/** People with a passkey each, which takes the place of their password. Answers the office. */
async function addKeyPeople(services: Services): Promise<string> {
  const officeId = await addOffice(services, KEY_OFFICE, {
    secondFactor: { demand: "required", from: null, methods: ["passkey"] },
    isPasswordless: true,
  });
  const people = await addUsers(services, officeId, numbered(KEY_USERS, keyVisitor));
  await services.database.inOffice(officeId, async (tx) => {
    for (const [index, person] of people.entries()) {
      const { id, userHandle, publicKey } = passkeyOf(index);
      await tx.query(
        {
          name: "bench_passkey_handle",
          text: "insert into passkey_handles (home, office_id, user_id, handle) values ($home, $1, $2, $3)",
        },
        [officeId, person.id, userHandle],
      );
      const key = { id, publicKey, counter: 0, isSynced: true, transports: ["internal" as const] };
      const passkey = { ...key, aaguid: NO_AAGUID };
      await services.stores.passkeys.add(tx, person, { passkey, at: new Date(), most: 1 });
    }
  });
  return officeId;
}

const NO_AAGUID = "00000000-0000-0000-0000-000000000000";

async function addOffice(
  { officeService, offices }: Services,
  draft: typeof OFFICE,
  policy: Partial<Office>,
): Promise<string> {
  const id = await officeService.add(newOfficeSchema.parse(draft), ACTOR);
  const office = await offices.find(id);
  if (office === null) {
    throw new Error("The office that was just added is missing.");
  }
  await officeService.change({ ...office, ...policy }, ACTOR);
  return id;
}

async function addUsers(
  services: Services,
  officeId: string,
  visitors: readonly Visitor[],
  role: User["role"] = "user",
): Promise<UserRef[]> {
  const { database, users, hasher, secondFactor, stores } = services;
  const passwordHash = await hasher.hash(PASSWORD);
  const at = new Date();
  const people: UserRef[] = [];
  await database.inOffice(officeId, async (tx) => {
    for (const { username, secret } of visitors) {
      const mail = `${username}@bench.example`;
      const draft = newUserSchema.parse({ username, name: username, role, mail });
      const person = { id: idAt(homeOf(officeId)), officeId };
      people.push(person);
      await users.add(tx, { ...draft, ...person, passwordHash, isPasswordExpired: false, at });
      // Applications get proved addresses alone.
      await stores.mailbox.prove(tx, person.id, { mail, at });
      if (secret !== null) {
        const sealedSecret = sealTotpSecret(secondFactor.box, person, secret);
        const factor = { sealedSecret, lastStep: 0, confirmedAt: at, replaces: false };
        await secondFactor.totpStore.add(tx, person, factor);
      }
    }
  });
  return people;
}

async function addApplication(
  { applicationService }: Services,
  draft: object,
  officeId: string | null = null,
) {
  const { application, secret } = await applicationService.add(
    newApplicationSchema.parse(draft),
    officeId,
    ACTOR,
  );
  return { application, client: { id: application.id, secret: secret?.reveal() ?? "" } };
}
