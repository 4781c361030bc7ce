import { newApplicationSchema, type Application } from "../../src/domain/applications/application.ts";
import { readImage } from "../../src/platform/images/read-image.ts";
import type { Services } from "../../src/server/wiring/services.ts";
import { Secret } from "../../src/kernel/secret.ts";
import { newOfficeSchema } from "../../src/domain/offices/office.ts";
import { newUserSchema } from "../../src/domain/users/user.ts";
import type { Actor } from "../../src/domain/access/actor.ts";
import type { Role } from "../../src/domain/access/role.ts";

/** Who prepares what a test needs, and may do all of it. */
export const TESTER: Actor = { id: "test", officeId: null, role: "operator" };

/** A password that passes every rule. */
export const PASSWORD = "plum-teapot-ladder-42";

export interface TestOffice {
  readonly id: string;
  readonly code: string;
  readonly name: string;
}

export interface TestUser {
  readonly id: string;
  readonly office: TestOffice;
  readonly username: string;
  readonly password: string;
}

export interface TestApplication {
  readonly id: string;
  readonly secret: string | null;
  readonly redirectUri: string;
  readonly application: Application;
}

let made = 0;
const next = () => (made += 1);

export async function makeOffice(
  services: Services,
  { logo, ...changes }: { code?: string; name?: string; accent?: string; logo?: Buffer } = {},
): Promise<TestOffice> {
  const draft = newOfficeSchema.parse({ code: `OFFICE-${next()}`, name: "Noord & Zonen", ...changes });
  const id = await services.officeService.add(draft, "test");
  if (logo !== undefined) {
    await giveLogo(services, { id }, logo);
  }
  return { id, code: draft.code, name: draft.name };
}

/** Gives an office a logo, and returns its address. */
export async function giveLogo(
  { offices, administration }: Services,
  { id }: Pick<TestOffice, "id">,
  file: Buffer,
): Promise<string> {
  const [office, read] = [await offices.find(id), await readImage(file)];
  if (office === null || read.type !== "image") {
    throw new Error("There is no such office, or no such picture.");
  }
  await administration.logos.use(office, read.image, TESTER);
  return (await offices.find(id))?.branding.logoUrl ?? "";
}

export async function makeUser(
  services: Services,
  office: TestOffice,
  changes: {
    username?: string;
    name?: string;
    role?: Role;
    password?: string;
    mail?: string;
    isMailProved?: boolean;
    language?: string;
  } = {},
): Promise<TestUser> {
  const { password = PASSWORD, isMailProved = false, ...rest } = changes;
  const draft = newUserSchema.parse({
    username: `user${next()}`,
    name: "Sanne Bakker",
    mail: "sanne@mail.example",
    ...rest,
  });
  // As if the user had chosen it.
  const access = { password: new Secret(password), by: TESTER, stays: true };
  const added = await services.administration.users.addWithPassword(draft, office, access);
  if (added.type !== "added") {
    throw new Error(`The user ${draft.username} was not added: ${added.type}.`);
  }
  if (isMailProved) {
    await proveMail(services, office, draft.username);
  }
  return { id: added.id, office, username: draft.username, password };
}

/** Calls the user's mail address proved, as the operator can. */
async function proveMail({ administration, users }: Services, { id }: TestOffice, username: string) {
  const user = await users.findByUsername(id, username);
  const proved = user === null ? null : await administration.users.proveMail(user, TESTER);
  if (proved?.type !== "proved") {
    throw new Error(`The mail address of ${username} was not proved.`);
  }
}

/** A first-party web application, unless `changes` say otherwise. */
export async function makeApplication(
  services: Services,
  changes: Record<string, unknown> = {},
  officeId: string | null = null,
): Promise<TestApplication> {
  const draft = newApplicationSchema.parse({
    name: "Ledger",
    type: "web",
    firstParty: true,
    redirectUris: ["https://app.test/cb"],
    homeUrl: "https://app.test/",
    ...changes,
  });
  const { application, secret } = await services.applicationService.add(draft, officeId, "test");
  return {
    id: application.id,
    secret: secret?.reveal() ?? null,
    redirectUri: draft.redirectUris[0] ?? "",
    application,
  };
}
