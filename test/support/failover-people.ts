import { now } from "../../src/kernel/clock.ts";
import { randomBytes } from "node:crypto";
import type { Services } from "../../src/server/wiring/services.ts";
import { base32 } from "../../src/domain/factors/base32.ts";
import { sealTotpSecret } from "../../src/domain/factors/totp-secret.ts";
import { makeCrowd } from "./crowd.ts";
import { asOwner } from "./database.ts";
import type { Visitor } from "./failover-load.ts";
import { makeOffice, makeUser, type TestUser } from "./people.ts";
import { giveApp, makeStrictOffice } from "./second-factor.ts";

const WITHOUT_APP = 4;
const WITH_APP = 60;

/** People for a failover: each with an app signs in once, since a code counts once; those without again and again. */
export async function makeVisitors(
  services: Services,
  database: { readonly ownerUrl: string },
): Promise<{ readonly withApp: Visitor[]; readonly withoutApp: Visitor[] }> {
  const office = await makeOffice(services);
  const plain = await Promise.all(Array.from({ length: WITHOUT_APP }, () => makeUser(services, office)));
  const model = await makeUser(services, await makeStrictOffice(services));
  await giveApp(services, model);
  const crowd = await makeCrowd({ database }, model, WITH_APP);
  await copyRecoveryCodes(database, model, crowd);
  return {
    withApp: await Promise.all(
      crowd.map(async (user) => ({ user, secret: await giveSecret(services, user) })),
    ),
    withoutApp: plain.map((user) => ({ user, secret: null })),
  };
}

/** Behind Vestibule's back: hashing six codes for each costs more time than what is tested. */
async function copyRecoveryCodes(
  database: { readonly ownerUrl: string },
  model: TestUser,
  crowd: readonly TestUser[],
): Promise<void> {
  const values = [model.id, crowd.map(({ id }) => id)];
  await asOwner(
    database,
    `insert into recovery_code_sets (home, office_id, user_id, salt, made_at)
     select home_of(office_id), office_id, n.id, salt, made_at from recovery_code_sets, unnest($2::uuid[]) n (id) where user_id = $1`,
    values,
  );
  await asOwner(
    database,
    `insert into recovery_codes (home, office_id, user_id, hash)
     select home_of(office_id), office_id, n.id, hash from recovery_codes, unnest($2::uuid[]) n (id) where user_id = $1`,
    values,
  );
}

async function giveSecret({ database, secondFactor }: Services, user: TestUser): Promise<string> {
  const { box, totpStore } = secondFactor;
  const person = { id: user.id, officeId: user.office.id };
  const secret = base32(randomBytes(20));
  const sealedSecret = sealTotpSecret(box, person, secret);
  await database.inOffice(person.officeId, (tx) =>
    totpStore.add(tx, person, { sealedSecret, lastStep: 0, confirmedAt: now(), replaces: false }),
  );
  return secret;
}
