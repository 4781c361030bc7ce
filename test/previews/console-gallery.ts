import type { Page } from "playwright-core";
import { DEMO_OFFICE } from "../../demo/demo-office.ts";
import { putInto } from "../../demo/demo-states.ts";
import type { Role } from "../../src/domain/access/role.ts";
import { supportOffice } from "../support/console.ts";
import { makeApplication, makeOffice, makeUser, type TestOffice } from "../support/people.ts";
import { addPeople, fillLog } from "./office-states.ts";
import { enter, press, preview, type Preview } from "./preview.ts";
import { openSignedIn } from "./signed-in.ts";
import { DRAWING, type World } from "./world.ts";

const OFFICE = `/console/o/${DEMO_OFFICE.code}`;

interface Beginning {
  readonly role: Role;
  readonly path: string;
  /** Where the picture changes something that others would show; else the office of the demo, or that of support. */
  readonly office?: TestOffice;
}

/** Signs a new user of that role in to a page of the console. Answers the page's own address without the path. */
export async function beginAtConsole(
  page: Page,
  world: World,
  { role, path, ...own }: Beginning,
): Promise<string> {
  const { services, issuer } = world.demo.vestibule;
  const support = await supportOffice(services);
  const demo = role === "support" ? support : await services.offices.findByCode(DEMO_OFFICE.code);
  const office = own.office ?? demo ?? support;
  const staff = await makeUser(services, office, { role });
  const user = await services.users.findByUsername(office.id, staff.username);
  if (user !== null) {
    await putInto(services, user, "enrolled");
  }
  await openSignedIn(page, world, { path, user: staff });
  return issuer;
}

export const asStaff = (role: Role, path: string) => async (page: Page, world: World) => {
  await beginAtConsole(page, world, { role, path });
};

/** An office for one picture, whose superuser opens a page of it. Answers the page's own address up to that. */
export async function beginInNewOffice(
  page: Page,
  world: World,
  { path, prepare }: { path: string; prepare?: (office: TestOffice) => Promise<void> },
): Promise<string> {
  const office = await makeOffice(world.demo.vestibule.services, { name: "Noord & Zonen" });
  await prepare?.(office);
  const below = `/console/o/${office.code}`;
  return `${await beginAtConsole(page, world, { role: "superuser", path: `${below}${path}`, office })}${below}`;
}

/** The page that tries an application's sign-in. */
async function tryLedger(page: Page, world: World): Promise<void> {
  await beginAtConsole(page, world, { role: "superuser", path: `${OFFICE}/applications/add` });
  await enter(page, { name: "Ledger", redirectUris: "https://ledger.example.com/callback" });
  await press(page, page.locator("main .page-actions a[href$='/try']"));
}

/** An application whose developer has to mend something. */
async function seeRefusals(page: Page, world: World): Promise<void> {
  const { services } = world.demo.vestibule;
  const office = await makeOffice(services, { name: "Noord & Zonen" });
  const { application } = await makeApplication(services, {}, office.id);
  const at = new Date();
  const noPkce = "code_challenge or nonce is missing: switch PKCE on in the application";
  const refused = [
    { endpoint: "/authorize", error: "invalid_request", description: noPkce, detail: "" },
    {
      endpoint: "/token",
      error: "invalid_grant",
      description: "begin a new one",
      detail: "code already used",
    },
  ];
  for (const refusal of refused) {
    await services.stores.refusals.note(application, refusal, at);
  }
  const path = `/console/o/${office.code}/applications/${application.id}`;
  await beginAtConsole(page, world, { role: "superuser", path, office });
}

/** The console, with a user of its own for each picture. */
export const consolePages: readonly Preview[] = [
  preview("console-overview", asStaff("superuser", OFFICE)),
  preview("console-overview-data", async (page, world) => {
    await beginInNewOffice(page, world, { path: "", prepare: (office) => fillLog(world, office) });
  }),
  preview("console-users", asStaff("superuser", `${OFFICE}/users`)),
  preview("console-users-accountant", asStaff("accountant", `${OFFICE}/users`)),
  preview("console-user", async (page, world) => {
    await beginAtConsole(page, world, { role: "superuser", path: `${OFFICE}/users` });
    await press(page, page.getByRole("link", { name: "Ines Meijer" }));
  }),
  preview("console-settings", asStaff("superuser", `${OFFICE}/settings`)),
  preview("console-settings-general", asStaff("superuser", `${OFFICE}/settings/general`)),
  preview("console-settings-general-wrong", async (page, world) => {
    await beginAtConsole(page, world, { role: "superuser", path: `${OFFICE}/settings/general` });
    await enter(page, { name: " " });
  }),
  preview("console-settings-general-conflict", async (page, world) => {
    const office = await beginInNewOffice(page, world, { path: "/settings/general" });
    const tab = await page.context().newPage();
    await tab.goto(`${office}/settings/general`);
    await enter(tab, { name: "Noord & Dochters" });
    await tab.close();
    await enter(page, { name: "Noord & Partners" });
  }),
  preview("console-settings-second-factor", asStaff("superuser", `${OFFICE}/settings/second-factor`)),
  preview("console-settings-second-factor-look", async (page, world) => {
    await beginAtConsole(page, world, { role: "superuser", path: `${OFFICE}/settings/second-factor` });
    await page.locator("[name=method-totp]").uncheck();
    await enter(page, {});
  }),
  preview("console-settings-text-messages-wrong", async (page, world) => {
    await beginAtConsole(page, world, { role: "superuser", path: `${OFFICE}/settings/text-messages` });
    const ticked = page.locator(".picker input:checked");
    while ((await ticked.count()) > 0) {
      await ticked.first().uncheck();
    }
    await enter(page, { smsDailyBudget: "many" });
  }),
  preview("console-settings-second-factor-look-affected", async (page, world) => {
    await beginInNewOffice(page, world, {
      path: "/settings/second-factor",
      prepare: (office) => addPeople(world, office),
    });
    await page.locator("[name=demand][value=required]").check();
    await page.locator("[name=method-sms]").uncheck();
    await enter(page, {});
  }),
  preview("console-settings-second-factor-look-mails", async (page, world) => {
    await beginInNewOffice(page, world, {
      path: "/settings/second-factor",
      prepare: (office) => addPeople(world, office),
    });
    await page.locator("[name=demand][value=required]").check();
    await page.locator("[name=method-sms]").uncheck();
    await enter(page, { from: "2027-01-31" });
  }),
  preview("console-settings-sign-in", asStaff("superuser", `${OFFICE}/settings/sign-in`)),
  preview("console-settings-sign-in-wrong", async (page, world) => {
    await beginAtConsole(page, world, { role: "superuser", path: `${OFFICE}/settings/sign-in` });
    await enter(page, { sessionMinutes: "1", trustedBrowserDays: "31" });
  }),
  preview("console-settings-support", asStaff("superuser", `${OFFICE}/settings/support`)),
  preview("console-settings-support-wrong", async (page, world) => {
    await beginAtConsole(page, world, { role: "superuser", path: `${OFFICE}/settings/support` });
    await enter(page, { supportPhone: "call us", supportUrl: "http://help.example" });
  }),
  preview("console-settings-texts", async (page, world) => {
    await beginInNewOffice(page, world, { path: "/settings/texts" });
    await page.locator("[name=welcome-en]").fill("Welcome at Noord & Zonen.\nQuestions? Call extension 12.");
    await page.locator("[name=privacyUrl]").fill("https://noord.example/privacy");
    await page.locator("[name=imprintUrl]").fill("https://noord.example/imprint");
    await press(page, page.locator("[name=preview]"));
  }),
  preview("console-settings-branding-draft", async (page, world) => {
    await beginInNewOffice(page, world, { path: "/settings/branding" });
    const file = { name: "logo.svg", mimeType: "image/svg+xml", buffer: DRAWING };
    await page.locator("input[type=file]").setInputFiles(file);
    await press(page, page.locator("form[enctype] button"));
  }),
  preview("console-settings-branding-wrong", async (page, world) => {
    await beginInNewOffice(page, world, { path: "/settings/branding" });
    const file = { name: "logo.png", mimeType: "image/png", buffer: Buffer.from("GIF89a") };
    await page.locator("input[type=file]").setInputFiles(file);
    await press(page, page.locator("form[enctype] button"));
  }),
  preview("console-settings-branding", async (page, world) => {
    await beginAtConsole(page, world, { role: "superuser", path: `${OFFICE}/settings/branding` });
    await page.locator("[name=accent]").fill("#f2e94e");
    await press(page, page.locator("[name=preview]"));
  }),
  preview("console-application-add", asStaff("superuser", `${OFFICE}/applications/add`)),
  preview("console-application-add-more", async (page, world) => {
    await beginAtConsole(page, world, { role: "superuser", path: `${OFFICE}/applications/add` });
    await page.locator("details summary").first().click();
  }),
  preview("console-application-add-client", async (page, world) => {
    await beginAtConsole(page, world, { role: "superuser", path: `${OFFICE}/applications/add` });
    await page.locator("[name=client]").selectOption("spring");
  }),
  preview("console-application-add-client-wrong", async (page, world) => {
    await beginAtConsole(page, world, { role: "superuser", path: `${OFFICE}/applications/add` });
    await page.locator("[name=client]").selectOption("spring");
    await enter(page, {});
  }),
  preview("console-application-for-client", async (page, world) => {
    await beginAtConsole(page, world, { role: "superuser", path: `${OFFICE}/applications/add` });
    await page.locator("[name=client]").selectOption("aspnet-core");
    await enter(page, { address: "https://ledger.example.com" });
  }),
  preview("console-application", async (page, world) => {
    await beginAtConsole(page, world, { role: "superuser", path: `${OFFICE}/applications/add` });
    await enter(page, { name: "Ledger", redirectUris: "https://ledger.example.com/callback" });
    await page.locator("details summary").first().click();
  }),
  preview("console-application-refused", seeRefusals),
  preview("console-application-delete", async (page, world) => {
    await beginAtConsole(page, world, { role: "superuser", path: `${OFFICE}/applications/add` });
    await enter(page, { name: "Ledger", redirectUris: "https://ledger.example.com/callback" });
    await press(page, page.locator("a[href$='/delete']"));
  }),
  preview("console-application-disabled", async (page, world) => {
    await beginAtConsole(page, world, { role: "superuser", path: `${OFFICE}/applications/add` });
    await enter(page, { name: "Ledger", redirectUris: "https://ledger.example.com/callback" });
    await press(page, page.locator("a[href$='/status']"));
    await enter(page, {});
  }),
  preview("console-application-try", async (page, world) => {
    await tryLedger(page, world);
  }),
  preview("console-application-tried", async (page, world) => {
    await tryLedger(page, world);
    await enter(page, {});
  }),
  preview("console-application-tried-wrong", async (page, world) => {
    await tryLedger(page, world);
    await enter(page, { redirectUri: "http://ledger.example.com/callback" });
  }),
  preview("console-application-secret", async (page, world) => {
    await beginAtConsole(page, world, { role: "superuser", path: `${OFFICE}/applications/add` });
    await enter(page, { name: "Ledger", redirectUris: "https://ledger.example.com/callback" });
    await press(page, page.locator(".change a"));
  }),
  preview("console-application-secret-shown", async (page, world) => {
    await beginAtConsole(page, world, { role: "superuser", path: `${OFFICE}/applications/add` });
    await enter(page, { name: "Ledger", redirectUris: "https://ledger.example.com/callback" });
    await press(page, page.locator(".change a"));
    await enter(page, {});
  }),
  preview("console-scim", async (page, world) => {
    await beginInNewOffice(page, world, { path: "/settings/directory" });
    await press(page, page.locator("button[value='make']"));
  }),
  preview("console-application-edit", async (page, world) => {
    await beginAtConsole(page, world, { role: "superuser", path: `${OFFICE}/applications/add` });
    await enter(page, { name: "Ledger", redirectUris: "https://ledger.example.com/callback" });
    await press(page, page.locator(".page-actions a[href$='/edit']"));
  }),
  preview("console-applications-none", async (page, world) => {
    await beginInNewOffice(page, world, { path: "/applications" });
  }),
  preview("console-applications", async (page, world) => {
    const { services } = world.demo.vestibule;
    await beginInNewOffice(page, world, {
      path: "/applications",
      prepare: async ({ id }) => {
        await makeApplication(services, { name: "Salary slips" }, id);
        await makeApplication(
          services,
          { name: "Nightly export", type: "machine", redirectUris: [], homeUrl: null },
          id,
        );
      },
    });
  }),
  preview("console-account", asStaff("superuser", "/account")),
  preview("console-platform-overview", async (page, world) => {
    await fillLog(world, await makeOffice(world.demo.vestibule.services, { name: "Zuid & Co" }));
    await asStaff("support", "/console/overview")(page, world);
  }),
  preview("console-offices", asStaff("support", "/console/offices")),
  preview("console-refused", asStaff("accountant", `${OFFICE}/settings`)),
];
