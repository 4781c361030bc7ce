import type { Writable } from "node:stream";
import type { Command } from "commander";
import type { Services } from "../server/wiring/services.ts";
import { OperatorError } from "../kernel/errors.ts";
import { DELETION_REASONS, isDeletionReason } from "../domain/users/user-deletion.ts";
import type { Answer } from "./answer.ts";
import { getUser, OFFICE_OPTION } from "./find-user.ts";
import { getOffice } from "./get-office.ts";
import { notDone } from "./refusal.ts";
import { write } from "./terminal.ts";
import { addVerb, answering } from "./verb.ts";
import { ACTOR, OPERATOR, withServices } from "./with-services.ts";

interface OfOffice {
  readonly office: string;
}

/** Deletes a user. */
export function addDeletionCommands(noun: Command): void {
  addVerb(noun, {
    usage: "delete <username>",
    about:
      "delete a user with everything that is stored about them; the audit log keeps only the id; it cannot be undone",
    examples: [
      "user export sanne --office NOORD > sanne.json",
      "user delete sanne --office NOORD --reason left",
    ],
  })
    .requiredOption(...OFFICE_OPTION)
    .requiredOption("--reason <reason>", `${DELETION_REASONS.join(", ")}; for the audit log`)
    .action(answering(withServices(deleteUser)));
}

async function deleteUser(
  services: Services,
  username: string,
  { office: code, reason }: OfOffice & { readonly reason: string },
): Promise<Answer> {
  const office = await getOffice(services, code);
  const user = await getUser(services, office, username);
  if (!isDeletionReason(reason)) {
    throw new OperatorError(`The reason is one of ${DELETION_REASONS.join(", ")}.`);
  }
  const { type } = await services.administration.users.delete(user, { by: OPERATOR, reason });
  if (type !== "deleted") {
    throw notDone(user, type);
  }
  return {
    json: { deleted: user.id },
    text: `The user ${user.username} of the office ${office.code} was deleted (id ${user.id}). The audit log keeps the id alone.`,
  };
}

/** In pieces, so that memory does not grow with what there is. */
export async function printPersonalData(
  services: Services,
  { office: code, username }: OfOffice & { readonly username: string },
  output: Writable,
): Promise<void> {
  const user = await getUser(services, await getOffice(services, code), username);
  for await (const piece of services.administration.personalData.write(user, ACTOR)) {
    await write(output, piece);
  }
}
