import type { Page } from "playwright-core";
import { DEMO_OFFICE } from "../../demo/demo-office.ts";
import { makeApplication, makeOffice, type TestOffice } from "../support/people.ts";
import { asStaff, beginInNewOffice } from "./console-gallery.ts";
import {
  addPeople,
  addWebhook,
  askForApproval,
  breakChain,
  putImport,
  type ImportState,
} from "./office-states.ts";
import { enter, press, preview, type Preview } from "./preview.ts";

const OFFICE = `/console/o/${DEMO_OFFICE.code}`;
const IMPORT = `${OFFICE}/users/import`;

/** Chooses a file as a user does. */
async function choose(page: Page, content: string): Promise<void> {
  if ((await page.locator("input[type=file]").count()) === 0) {
    // The file of the picture before.
    await press(page, page.locator("[value=drop]"));
  }
  const file = { name: "users.csv", mimeType: "text/csv", buffer: Buffer.from(content) };
  await page.locator("input[type=file]").setInputFiles(file);
  await press(page, page.locator("form[enctype] button.primary"));
}

const withFile =
  (content: string): Preview["open"] =>
  async (page, world) => {
    await asStaff("superuser", IMPORT)(page, world);
    await choose(page, content);
  };

/** Users of another system: one brings a password, an app and a number, the other nothing. */
const MOVED = `username,name,mobile number,mobile number confirmed,password hash,totp secret
sanne.b,Sanne Bakker,0612345678,yes,$2b$10$${"e".repeat(53)},JBSWY3DPEHPK3PXP
tom.w,Tom de Wit,,,,
`;

const withRun =
  (run: ImportState): Preview["open"] =>
  async (page, world) => {
    const prepare = (office: TestOffice) => putImport(world, office, run);
    // Its script would load the page anew under the camera.
    await page.route("**/vestibule*.js", (route) => route.abort());
    await beginInNewOffice(page, world, { path: "/users/import", prepare });
  };

/** What an office takes in and out, and the platform's own pages. */
export const consoleOfficePages: readonly Preview[] = [
  preview("console-webhooks-none", async (page, world) => {
    await beginInNewOffice(page, world, { path: "/webhooks" });
  }),
  preview("console-webhooks", async (page, world) => {
    const prepare = ({ id }: TestOffice) => addWebhook(world, id);
    await beginInNewOffice(page, world, { path: "/webhooks", prepare });
  }),
  preview("console-webhook", async (page, world) => {
    const prepare = ({ id }: TestOffice) => addWebhook(world, id);
    await beginInNewOffice(page, world, { path: "/webhooks", prepare });
    await press(page, page.getByRole("link", { name: "Staff directory" }));
  }),
  preview("console-webhook-edit", async (page, world) => {
    const prepare = ({ id }: TestOffice) => addWebhook(world, id);
    await beginInNewOffice(page, world, { path: "/webhooks", prepare });
    await press(page, page.getByRole("link", { name: "Staff directory" }));
    await press(page, page.locator("a[href$='/edit']"));
  }),
  preview("console-webhook-add", asStaff("superuser", `${OFFICE}/webhooks/add`)),
  preview("console-applications-platform", async (page, world) => {
    const { services } = world.demo.vestibule;
    const machine = {
      ...{ type: "machine", redirectUris: [], homeUrl: null },
      apiScopes: ["offices:read", "users:read", "users:write"],
    };
    await makeApplication(services, { name: "Provisioning", ...machine });
    await asStaff("support", "/console/applications")(page, world);
  }),
  preview("console-webhooks-platform-none", asStaff("support", "/console/webhooks")),
  preview("console-webhook-add-platform", asStaff("support", "/console/webhooks/add")),
  preview("console-webhooks-platform", async (page, world) => {
    await addWebhook(world, null);
    await asStaff("support", "/console/webhooks")(page, world);
  }),
  preview("console-webhook-platform", async (page, world) => {
    await addWebhook(world, null);
    await asStaff("support", "/console/webhooks")(page, world);
    await press(page, page.locator("main tbody a").first());
  }),
  preview("console-webhook-add-wrong", async (page, world) => {
    await asStaff("superuser", `${OFFICE}/webhooks/add`)(page, world);
    await enter(page, { name: "Staff directory", url: "http://hooks.example/" });
  }),
  preview("console-audit", asStaff("superuser", `${OFFICE}/audit`)),
  preview("console-audit-more", async (page, world) => {
    await asStaff("superuser", `${OFFICE}/audit`)(page, world);
    await page.locator(".event summary").first().click();
  }),
  preview("console-audit-filtered", async (page, world) => {
    await asStaff("superuser", `${OFFICE}/audit`)(page, world);
    await page.locator("[name=group]").selectOption({ index: 1 });
    await page.locator("[name=from]").fill("2026-01-01");
    await press(page, page.locator("form[role=search] button[type=submit]"));
  }),
  preview("console-audit-none", async (page, world) => {
    await asStaff("superuser", `${OFFICE}/audit`)(page, world);
    await page.locator("[name=actor]").fill("nobody");
    await press(page, page.locator("form[role=search] button[type=submit]"));
  }),
  preview("console-audit-chain", asStaff("superuser", `${OFFICE}/audit/chain`)),
  preview("console-audit-chain-broken", async (page, world) => {
    const prepare = (office: TestOffice) => breakChain(world, office);
    await beginInNewOffice(page, world, { path: "/audit/chain", prepare });
  }),
  preview("console-audit-export-wrong", async (page, world) => {
    await asStaff("superuser", `${OFFICE}/audit/export`)(page, world);
    await enter(page, { from: "2026-02-01", to: "2026-01-01" });
  }),
  preview("console-audit-export", asStaff("superuser", `${OFFICE}/audit/export`)),
  preview("console-audit-print", async (page, world) => {
    await asStaff("superuser", `${OFFICE}/audit/export`)(page, world);
    await page.locator("[name=format][value=print]").check();
    await enter(page, {});
  }),
  preview("console-audit-pack", asStaff("superuser", `${OFFICE}/audit/pack`)),
  preview("console-audit-platform", asStaff("support", "/console/audit")),
  preview("console-import", asStaff("superuser", IMPORT)),
  preview("console-import-ready", withFile("username,name\nsanne.b,Sanne Bakker\ntom.w,Tom de Wit\n")),
  preview("console-import-moved", async (page, world) => {
    await asStaff("support", IMPORT)(page, world);
    await page.locator("summary").last().click();
    await choose(page, MOVED);
  }),
  preview(
    "console-import-letters",
    withFile("username,name\nzoe,Zoë Müller\njose,José García\nase,Åse Bjørk\n"),
  ),
  preview("console-import-faulty", withFile("username,name,mail\n!,Bad,\ngood,Good,nowhere\ngood,Twice,\n")),
  preview("console-import-refused", withFile("name,password\nA,b\n")),
  preview("console-import-superuser", async (page, world) => {
    const person = await askForApproval(world, { action: "reset" });
    await asStaff("support", person.replace(/[^/]+$/, "import"))(page, world);
    await choose(page, "username,name,role\nsanne.b,Sanne Bakker,superuser\n");
  }),
  preview("console-import-reading", withRun({ state: "reading", rows: 12_500 })),
  preview("console-import-adding", withRun({ state: "checked", rows: 1_200, added: 500 })),
  preview("console-import-applied", withRun({ state: "applied", rows: 3, added: 3, invited: 2 })),
  preview("console-export", asStaff("superuser", `${OFFICE}/users/export`)),
  preview("console-office-add", asStaff("support", "/console/offices/add")),
  preview("console-office-add-wrong", async (page, world) => {
    await asStaff("support", "/console/offices/add")(page, world);
    await press(page, page.locator("main button.primary"));
  }),
  preview("console-office-closed", async (page, world) => {
    const { services, issuer } = world.demo.vestibule;
    const { code } = await makeOffice(services, { name: "Bakkerij Zuid" });
    await asStaff("support", `/console/o/${code}/close`)(page, world);
    await enter(page, { code });
    await page.goto(`${issuer}/console/o/${code}/close`);
  }),
  preview("console-offices-none", async (page, world) => {
    await asStaff("support", "/console/offices")(page, world);
    await page.locator("[name=q]").fill("nowhere");
    await press(page, page.locator("form[role=search] button[type=submit]"));
  }),
  preview("console-office-close-wrong", async (page, world) => {
    await asStaff("support", `${OFFICE}/close`)(page, world);
    await enter(page, { code: "OTHER" });
  }),
  preview("console-office-new", async (page, world) => {
    await asStaff("support", "/console/offices/add")(page, world);
    const code = `NEW-${String(Date.now() % 1_000_000)}`;
    await enter(page, { code, name: "Anker & Zonen" });
  }),
  preview("console-checklist-alone", async (page, world) => {
    await beginInNewOffice(page, world, { path: "" });
  }),
  preview("console-checklist-people", async (page, world) => {
    await beginInNewOffice(page, world, { path: "", prepare: (office) => addPeople(world, office) });
  }),
  preview("console-checklist-hide", async (page, world) => {
    await beginInNewOffice(page, world, { path: "/first-steps" });
  }),
  preview("console-checklist-users", async (page, world) => {
    const { code } = await makeOffice(world.demo.vestibule.services, { name: "Anker & Zonen" });
    await asStaff("support", `/console/o/${code}/users`)(page, world);
  }),
  preview("console-office-new-superuser", async (page, world) => {
    await asStaff("support", "/console/offices/add")(page, world);
    const code = `NEW-${String(Date.now() % 1_000_000)}`;
    await enter(page, { code, name: "Anker & Zonen" });
    await press(page, page.locator("main a.primary"));
  }),
  preview("console-office-close", asStaff("support", `${OFFICE}/close`)),
  preview("console-signing-keys", asStaff("support", "/console/signing-keys")),
  preview("console-signing-keys-rotate", asStaff("support", "/console/signing-keys/rotate")),
];
