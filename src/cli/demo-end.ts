import type { Command } from "commander";
import type { Services } from "../server/wiring/services.ts";
import {
  findDemoLeftovers,
  findDemoOffices,
  unmarkDemo,
  type DemoLeftover,
} from "../platform/database/demo-marks.ts";
import { OperatorError } from "../kernel/errors.ts";
import type { Office } from "../domain/offices/office.ts";
import type { Answer } from "./answer.ts";
import { notDone } from "./refusal.ts";
import { addVerb, answering } from "./verb.ts";
import { ACTOR, OPERATOR, withServices } from "./with-services.ts";

/** `demo end`: closes the offices of the demo and disables its users, so that production starts. */
export function addDemoEnd(noun: Command): void {
  addVerb(noun, {
    usage: "end",
    about:
      "close the offices of the demo, disable its other users, and take its applications' secrets away, so that production starts",
    examples: ["demo end"],
  }).action(answering(withServices(end)));
}

async function end(services: Services): Promise<Answer> {
  const before = await findDemoLeftovers(services.database);
  await closeOffices(services);
  // In a closed office no user can sign in; in other offices each user of the demo is disabled.
  for (const leftover of await findDemoLeftovers(services.database)) {
    await endOne(services, leftover);
  }
  const users = before.filter(({ kind }) => kind === "user");
  const applications = before.filter(({ kind }) => kind === "application");
  return {
    json: { people: users.map(({ id }) => id), applications: applications.map(({ id }) => id) },
    text:
      before.length === 0
        ? "There is nothing left of the demo."
        : `${String(users.length)} users of the demo are disabled, and ${String(applications.length)} of its applications no longer have a known secret.`,
  };
}

async function closeOffices(services: Services): Promise<void> {
  for (const id of await findDemoOffices(services.database)) {
    const office = await services.offices.find(id);
    if (office !== null) {
      await closeOffice(services, office);
    }
  }
}

/** Has no effect on a closed office. */
async function closeOffice({ administration }: Services, office: Office): Promise<void> {
  const { type } = await administration.settings.close(office, OPERATOR);
  if (type !== "changed" && type !== "unchanged") {
    throw new OperatorError(`The office ${office.code} was changed in the meantime: type it again.`);
  }
}

function endOne(services: Services, leftover: DemoLeftover): Promise<void> {
  switch (leftover.kind) {
    case "user":
      return disable(services, leftover);
    case "application":
      return takeSecret(services, leftover);
  }
}

async function disable({ users, database, administration }: Services, { id }: DemoLeftover): Promise<void> {
  const account = await users.findAccount(id);
  const user =
    account === null ? null : await database.inOffice(account.office.id, (tx) => users.find(tx, id));
  if (user === null) {
    return;
  }
  const { type } = await administration.users.disable(user, OPERATOR);
  if (type === "last" && user.role === "support") {
    throw new OperatorError(
      `${user.username} is the only one of support: type "npx vestibule support add" for one of your own first, then this again.`,
    );
  }
  if (type !== "disabled") {
    throw notDone(user, type);
  }
}

/** Replaces the secret with a random one that is never shown; an application without a secret asks for consent from now on. */
async function takeSecret(services: Services, { id }: DemoLeftover): Promise<void> {
  const { applications, applicationService, database } = services;
  const application = await applications.find(id);
  if (application !== null) {
    const changed = await applicationService.change(
      application,
      { ...application, firstParty: false },
      ACTOR,
    );
    if (changed.secretHash !== null) {
      await applicationService.rotateSecret(changed, ACTOR);
    }
  }
  await unmarkDemo(database, id);
}
