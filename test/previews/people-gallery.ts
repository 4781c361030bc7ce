import type { Page } from "playwright-core";
import { DEMO_OFFICE } from "../../demo/demo-office.ts";
import type { Role } from "../../src/domain/access/role.ts";
import { asOwner } from "../support/database.ts";
import { givePasskey } from "../support/passkeys.ts";
import { makeApplication, makeOffice, makeUser, type TestUser } from "../support/people.ts";
import { giveApp } from "../support/second-factor.ts";
import { giveManySessions } from "../support/stored-sessions.ts";
import { officeHref } from "../../src/screens/console/page.ts";
import { asStaff, beginAtConsole } from "./console-gallery.ts";
import { askForApproval, disable } from "./office-states.ts";
import { allowTrust, trustTwo } from "./allow-trust.ts";
import { enter, press, preview, type Preview } from "./preview.ts";
import type { World } from "./world.ts";

const USERS = `/console/o/${DEMO_OFFICE.code}/users`;

/** A user of that role opens the general tab of a person of the demo, and a page below it. */
const about = (role: Role, name: string, below: string) => async (page: Page, world: World) => {
  await beginAtConsole(page, world, { role, path: USERS });
  const href = await page
    .getByRole("row")
    .filter({ hasText: name })
    .getByRole("link")
    .first()
    .getAttribute("href");
  await page.goto(`${world.demo.vestibule.issuer}${href ?? ""}${below}`);
};

const withReason = (name: string, below: string) => async (page: Page, world: World) => {
  await about("superuser", name, below)(page, world);
  await enter(page, { reason: "Called back on the number of the office" });
};

/** A person whom no other picture shows, and a page of theirs; a user of a higher role opens it. */
async function aboutNew(
  page: Page,
  world: World,
  { role, below }: { role: "user" | "superuser"; below: string },
): Promise<TestUser> {
  const { services, issuer } = world.demo.vestibule;
  const office = await makeOffice(services);
  const user = await makeUser(services, office, { role });
  await giveApp(services, user);
  const path = `/console/o/${office.code}/users/${user.id}`;
  await beginAtConsole(
    page,
    world,
    role === "user" ? { role: "superuser", path, office } : { role: "support", path },
  );
  await page.goto(`${issuer}${path}${below}`);
  return user;
}

/** Of a user with an app and two passkeys. */
const aboutSeveral = (below: string) => async (page: Page, world: World) => {
  const user = await aboutNew(page, world, { role: "user", below: "" });
  const { services } = world.demo.vestibule;
  await givePasskey(services, user, "cb69481e-8ff7-4039-93ec-0a2729a154a8");
  await givePasskey(services, user, "08987058-cadc-4b81-b6e1-30de50dcbe96");
  await page.goto(`${page.url()}${below}`);
};

/** Of a user with more sessions than a page has. */
const aboutSignedIn = (below: string) => async (page: Page, world: World) => {
  const user = await aboutNew(page, world, { role: "user", below: "" });
  const { services, database } = world.demo.vestibule;
  const { id: applicationId } = await makeApplication(services, {}, user.office.id);
  await giveManySessions(database, user, { count: 53, applicationId });
  const devices = `update oidc_models set payload = jsonb_set(payload::jsonb, '{device}', jsonb_build_object('browser',
    case when uid like '%3' then 'Safari' else 'Firefox' end, 'system', 'Windows', 'network', '192.0.2.17'))::json
    where account_id = $1 and kind = 1`;
  await asOwner(database, devices, [user.id]);
  await page.goto(`${page.url()}${below}`);
};

/** Of a user who has chosen a password: links wait then. */
async function changeMail(page: Page, world: World): Promise<void> {
  const { id } = await aboutNew(page, world, { role: "user", below: "/edit" });
  await asOwner(world.demo.vestibule.database, "update users set password_changed_at = now() where id = $1", [
    id,
  ]);
  await enter(page, { mail: "s.bakker@mail.example" });
}
/** A page about a user who trusts two browsers. */
const aboutTruster = (below: string) => async (page: Page, world: World) => {
  await allowTrust(world);
  await about("superuser", "Ines Meijer", "")(page, world);
  await trustTwo(world, new URL(page.url()).pathname.split("/").at(-1) ?? "");
  await page.goto(`${page.url()}${below}`);
};

/** The pages about one person, by who looks. */
export const peoplePages: readonly Preview[] = [
  preview("console-people-add-wrong", async (page, world) => {
    await beginAtConsole(page, world, { role: "superuser", path: `${USERS}/add` });
    await enter(page, { name: "", username: "x" });
  }),
  preview("console-people-none", async (page, world) => {
    await beginAtConsole(page, world, { role: "superuser", path: USERS });
    await page.goto(`${world.demo.vestibule.issuer}${USERS}?q=nobody+of+this+name`);
  }),
  preview("console-people-accountant", about("accountant", "Ines Meijer", "")),
  preview("console-people-edit", about("superuser", "Ines Meijer", "/edit")),
  preview("console-people-role", about("superuser", "Ines Meijer", "/role")),
  preview("console-people-status", about("superuser", "Ines Meijer", "/status")),
  preview("console-people-number", about("superuser", "Ines Meijer", "/number")),
  preview("console-people-delete", about("superuser", "Ines Meijer", "/delete")),
  preview("console-people-delete-wrong", async (page, world) => {
    await about("superuser", "Ines Meijer", "/delete")(page, world);
    await enter(page, {});
  }),
  preview("console-people-delete-two", async (page, world) => {
    await aboutNew(page, world, { role: "superuser", below: "/delete" });
  }),
  preview("console-people-data", about("superuser", "Ines Meijer", "/data")),
  preview("console-people-blocked", about("superuser", "Emre Yilmaz", "")),
  preview("console-people-enable", async (page, world) => {
    await aboutNew(page, world, { role: "user", below: "/status" });
    await enter(page, {});
    await press(page, page.locator("a[href$='/status']"));
  }),
  preview("console-people-unlock", about("superuser", "Emre Yilmaz", "/unlock")),
  preview("console-people-sessions", about("superuser", "Ines Meijer", "/end-sessions")),
  preview("console-people-number-change", about("accountant", "Ines Meijer", "/number/change")),
  preview("console-people-mail-changed", changeMail),
  preview("console-people-link-held", async (page, world) => {
    await changeMail(page, world);
    await press(page, page.locator("a[href$='/password-link']"));
  }),
  preview("console-people-number-delete", about("superuser", "Ines Meijer", "/number/delete")),
  preview("console-people-reset", about("superuser", "Ines Meijer", "/reset-authenticator")),
  preview("console-people-methods", aboutSeveral("")),
  preview("console-people-method", aboutSeveral("/method")),
  preview("console-people-overdue", about("superuser", "Finn Mulder", "")),
  preview("console-people-allow", about("superuser", "Finn Mulder", "/reset-authenticator")),
  preview("console-people-reset-wrong", async (page, world) => {
    await about("superuser", "Ines Meijer", "/reset-authenticator")(page, world);
    await enter(page, { reason: "no" });
  }),
  preview("console-people-code", withReason("Ines Meijer", "/reset-authenticator")),
  preview("console-people-link", about("superuser", "Ines Meijer", "/password-link")),
  preview("console-people-trusted", aboutTruster("")),
  preview("console-people-trust-end", aboutTruster("/end-trust")),
  preview("console-people-events", about("superuser", "Ines Meijer", "/events")),
  preview("console-people-many-sessions", aboutSignedIn("")),
  preview("console-people-open-sessions", aboutSignedIn("/sessions")),
  preview("console-people-resets", async (page, world) => {
    await beginAtConsole(page, world, { role: "support", path: "/console/approvals" });
  }),
  preview("console-people-reset-two", async (page, world) => {
    await aboutNew(page, world, { role: "superuser", below: "/reset-authenticator" });
  }),
  preview("console-people-reset-asked", async (page, world) => {
    await aboutNew(page, world, { role: "superuser", below: "/reset-authenticator" });
    await enter(page, { reason: "Phone stolen; called back" });
    await press(page, page.locator("a[href$='/approval']"));
  }),
  preview("console-people-reset-to-approve", async (page, world) => {
    const person = await askForApproval(world, { action: "reset" });
    await beginAtConsole(page, world, { role: "support", path: `${person}/approval` });
  }),
  preview("console-people-role-two", async (page, world) => {
    await aboutNew(page, world, { role: "superuser", below: "/role" });
  }),
  preview("console-people-edit-two", async (page, world) => {
    await aboutNew(page, world, { role: "superuser", below: "/edit" });
  }),
  preview("console-people-add-two", async (page, world) => {
    const person = await askForApproval(world, { action: "reset" });
    await beginAtConsole(page, world, { role: "support", path: person.replace(/[^/]+$/, "add") });
  }),
  preview("console-people-role-to-approve", async (page, world) => {
    const person = await askForApproval(world, { action: "role", role: "superuser" });
    await beginAtConsole(page, world, { role: "support", path: `${person}/approval` });
  }),
  preview("console-people-enable-two", async (page, world) => {
    const { id } = await aboutNew(page, world, { role: "superuser", below: "" });
    await disable(world, id);
    await page.goto(`${page.url()}/status`);
  }),
  preview("console-people-enable-to-approve", async (page, world) => {
    const person = await askForApproval(world, { action: "enable" });
    await beginAtConsole(page, world, { role: "support", path: `${person}/approval` });
  }),
  preview("console-people-unproved", async (page, world) => {
    const { id } = await aboutNew(page, world, { role: "user", below: "" });
    await asOwner(world.demo.vestibule.database, "update users set mail_proved = null where id = $1", [id]);
    await page.reload();
  }),
  preview("console-people-requests-none", asStaff("superuser", `/console/o/${DEMO_OFFICE.code}/approvals`)),
  preview("console-people-requests", async (page, world) => {
    const person = await askForApproval(world, { action: "reset" });
    const office = await world.demo.vestibule.services.offices.findByCode(person.split("/")[3] ?? "");
    if (office !== null) {
      await beginAtConsole(page, world, {
        role: "superuser",
        path: officeHref(office.code, "/approvals"),
        office,
      });
    }
  }),
  preview("console-people-resets-waiting", async (page, world) => {
    await askForApproval(world, { action: "reset" });
    await beginAtConsole(page, world, { role: "support", path: "/console/approvals" });
  }),
];
