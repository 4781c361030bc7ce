import { permit } from "../../domain/access/access.ts";
import { officeHref, type OfficeContext } from "./page.ts";

/** From the list of users to the pages of files, for whoever may use them. */
export function userFileLinks({ actor, target, office, t }: OfficeContext) {
  return (["import", "export"] as const)
    .filter((name) => permit(actor, `users.${name}`, target) !== "never")
    .map((name) => ({
      text: t(`console.users-${name}.title`),
      href: officeHref(office.code, `/users/${name}`),
    }));
}
