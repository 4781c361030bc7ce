import type { Actor as Author } from "../../domain/access/actor.ts";
import type { ConsoleVisit } from "./page.ts";

/** Whoever is at work, as services that change something want to know it. */
export const authorOf = ({ actor }: Pick<ConsoleVisit, "actor">): Author => ({
  id: actor.userId,
  officeId: actor.officeId,
  role: actor.role,
});
