import type { Services } from "../../src/server/wiring/services.ts";
import type { Office } from "../../src/domain/offices/office.ts";
import type { Actor, Person } from "../../src/domain/access/actor.ts";
import type { Role } from "../../src/domain/access/role.ts";
import { makeUser, type TestOffice, type TestUser } from "./people.ts";

/** The operator, who has a terminal. */
export const OPERATOR: Actor = { id: "command line", officeId: null, role: "operator" };

/** A user who acts on others, and who they are. */
export interface TestActor extends Person {
  readonly user: TestUser;
}

/** A user of this role; support is put into the office SUPPORT, whatever office is given. */
export async function makeActor(services: Services, office: TestOffice, role: Role): Promise<TestActor> {
  const own = role === "support" ? await services.officeService.supportOffice("Vestibule", "test") : office;
  const user = await makeUser(services, own, { role });
  return { id: user.id, officeId: own.id, role, user };
}

export async function storedOffice({ offices }: Services, office: Pick<Office, "id">): Promise<Office> {
  const found = await offices.find(office.id);
  if (found === null) {
    throw new Error("The office is gone.");
  }
  return found;
}
