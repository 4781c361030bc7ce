import type { Page } from "playwright-core";
import { makeOffice, makeUser } from "../support/people.ts";
import { enter, press, preview, type Preview } from "./preview.ts";
import type { World } from "./world.ts";

/** The pages on which a user signs a device in. */
export const devicePages: readonly Preview[] = [
  preview("device-code", async (page, world) => {
    await page.goto(`${world.production.issuer}/device`);
  }),
  preview("device-code-wrong", (page, world) => type(page, world, "BBBB-BBBB")),
  preview("device-confirm", async (page, world) => {
    await type(page, world, await userCode(world));
  }),
  preview("device-done", async (page, world) => {
    const { services } = world.production;
    const { office, username, password } = await makeUser(services, await makeOffice(services));
    await type(page, world, await userCode(world));
    await press(page, page.locator("button[name=confirm]"));
    await enter(page, { officeCode: office.code, username, password });
    await page.locator("h1").waitFor();
  }),
  preview("device-stopped", async (page, world) => {
    await type(page, world, await userCode(world));
    await press(page, page.locator("button[name=abort]"));
  }),
];

async function type(page: Page, world: World, code: string): Promise<void> {
  await page.goto(`${world.production.issuer}/device`);
  await page.locator("[name=user_code]").fill(code);
  await press(page, page.locator("button.primary"));
}

/** As a device would ask for it, past the browser. */
async function userCode({ production, television }: World): Promise<string> {
  const answer = await fetch(`http://127.0.0.1:${String(production.settings.port)}/device/authorize`, {
    method: "POST",
    body: new URLSearchParams({ client_id: television.id, scope: "openid" }),
  });
  const { user_code: code } = (await answer.json()) as { user_code: string };
  return code;
}
