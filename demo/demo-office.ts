import type { Services } from "../src/compose.ts";
import { Secret } from "../src/kernel/secret.ts";
import { newOfficeSchema } from "../src/offices/office.ts";
import { newUserSchema } from "../src/users/user.ts";

/** Known to everybody who reads this line; that is why production refuses the demo. */
export const DEMO_PASSWORD = "lantern-harbour-quiet-27";

export const DEMO_OFFICE = { code: "DEMO", name: "Demo & Partners" } as const;

export const DEMO_USERS = [
  { username: "anna", name: "Anna de Vries", role: "user", about: "a user" },
  { username: "bram", name: "Bram Jansen", role: "accountant", about: "an accountant" },
  { username: "chris", name: "Chris Smit", role: "superuser", about: "the superuser of the office" },
] as const;

/** Makes the office with its people by the same functions as the command line; does nothing when it is there. */
export async function makeDemoOffice(services: Services): Promise<void> {
  const { offices, officeService, userService, users, outbox, settings } = services;
  const existing = await offices.findByCode(DEMO_OFFICE.code);
  const id =
    existing?.id ??
    (await officeService.add(newOfficeSchema.parse({ ...DEMO_OFFICE, accent: "#0b6e6e" }), "vestibule"));
  const office = { id, code: DEMO_OFFICE.code };
  const access = { password: new Secret(DEMO_PASSWORD), actor: "vestibule" };
  for (const { username, name, role } of DEMO_USERS) {
    if ((await users.findByUsername(id, username)) === null) {
      const draft = newUserSchema.parse({ username, name, role, mail: `${username}@demo.example` });
      await userService.add(draft, office, access);
    }
  }
  if (existing === null && settings.gateways.mail === "outbox") {
    await services.outbox.send(services.database, {
      channel: "mail",
      to: "anna@demo.example",
      subject: "This is the outbox",
      text: "Mail and text messages land here instead of going out, as long as the gateways are set to the outbox.",
    });
  }
}
