import type { Locator, Page } from "playwright-core";
import { button, link, sendCode } from "./pages.ts";

/** A user at work in a browser, whose clicks are counted; what is typed is not. */
export class Clicks {
  readonly page: Page;
  #made = 0;

  constructor(page: Page) {
    this.page = page;
  }

  get made(): number {
    return this.#made;
  }

  press(name: string): Promise<void> {
    return this.#click(button(this.page, name));
  }

  /** The first of that name: the navigation repeats some in the trail. */
  follow(name: string): Promise<void> {
    return this.#click(link(this.page, name).first());
  }

  /** A box, or one choice of several. */
  tick(name: string): Promise<void> {
    const box = this.page.getByRole("checkbox", { name });
    return this.#click(box.or(this.page.getByRole("radio", { name })));
  }

  /** A whole code, which sends itself. */
  sendCode(label: string, code: string): Promise<void> {
    return sendCode(this.page.getByLabel(label, { exact: true }), code, button(this.page, "Confirm"));
  }

  /** A link of a mail. */
  async open(address: string): Promise<void> {
    this.#made += 1;
    await this.page.goto(address);
  }

  /** A file by its name; the window to choose it is one click. */
  async choose(label: string, content: string): Promise<void> {
    this.#made += 1;
    const file = { name: "people.csv", mimeType: "text/csv", buffer: Buffer.from(content) };
    await this.page.getByLabel(label).setInputFiles(file);
  }

  async type(fields: Readonly<Record<string, string>>): Promise<void> {
    for (const [label, text] of Object.entries(fields)) {
      await this.page.getByLabel(label, { exact: true }).fill(text);
    }
  }

  async #click(place: Locator): Promise<void> {
    this.#made += 1;
    await place.click();
  }
}
