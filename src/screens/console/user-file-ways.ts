import { permit } from "../../domain/access/access.ts";
import { officeHref, type OfficeVisit } from "./page.ts";

/** From the list of users to the pages of files, for whoever may use them. */
export function userFileWays({ actor, target, office, t }: OfficeVisit) {
  return (["import", "export"] as const)
    .filter((name) => permit(actor, `users.${name}`, target) !== "never")
    .map((name) => ({
      text: t(`console.users-${name}.title`),
      href: officeHref(office.code, `/users/${name}`),
    }));
}
