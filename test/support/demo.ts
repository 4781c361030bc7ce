import type { Page } from "playwright-core";
import { DEMO_OFFICE, DEMO_PASSWORD } from "../../demo/demo-office.ts";
import { freePort, startVestibule, type TestVestibule } from "./vestibule.ts";

export interface TestDemo {
  readonly vestibule: TestVestibule;
  /** Where the demo web application is. */
  readonly url: string;
}

/** A Vestibule with the demo office and its web application, as `npm start` gives them. */
export async function startDemo(environment: Record<string, string> = {}): Promise<TestDemo> {
  const port = String(await freePort());
  const vestibule = await startVestibule({
    VESTIBULE_DEMO: "yes",
    VESTIBULE_DEMO_PORT: port,
    ...environment,
  });
  return { vestibule, url: `http://127.0.0.1:${port}` };
}

export const ANNA = { officeCode: DEMO_OFFICE.code, username: "anna", password: DEMO_PASSWORD } as const;

/** What somebody types on the password page; a missing field is left as it is. */
export interface Typed {
  readonly officeCode?: string;
  readonly username?: string;
  readonly password: string;
}

/** Fills the password page in. */
export async function fillIn(page: Page, { officeCode, username, password }: Typed): Promise<void> {
  if (officeCode !== undefined) {
    await page.getByLabel("Office code").fill(officeCode);
  }
  if (username !== undefined) {
    await page.getByLabel("Username").fill(username);
  }
  await passwordBox(page).fill(password);
}

/** Not the button that shows the password. */
export const passwordBox = (page: Page) => page.getByRole("textbox", { name: "Password", exact: true });

export const button = (page: Page, name: string) => page.getByRole("button", { name, exact: true });

export const link = (page: Page, name: string) => page.getByRole("link", { name, exact: true });

export const heading = (page: Page) => page.getByRole("heading", { level: 1 });
