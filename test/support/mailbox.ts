import type { OutboxEntry } from "../../src/screens/outbox/outbox-store.ts";
import { HttpBrowser, type Page } from "./http-browser.ts";
import type { TestUser } from "./people.ts";
import { settledOutbox } from "./outbox.ts";
import { follow, formAction, hiddenField } from "./relying-party.ts";
import type { TestVestibule } from "./vestibule.ts";

/** Every message so far, the newest first. */
export const allMails = (vestibule: TestVestibule): Promise<OutboxEntry[]> => settledOutbox(vestibule);

/** The mails to an address, the newest first. */
export async function mailsTo(vestibule: TestVestibule, mail: string): Promise<OutboxEntry[]> {
  return (await allMails(vestibule)).filter(({ to }) => to === mail);
}

/** The first address of ours in a mail that begins so; empty without one. */
export const linkIn = (mail: OutboxEntry | undefined, beginning: string): string =>
  mail?.text.split(/\s/).find((word) => word.startsWith(beginning)) ?? "";

/** Asks for a link to a new password. */
export async function askForLink(
  browser: HttpBrowser,
  names: { officeCode: string; username: string },
  address = "/forgot-password",
): Promise<Page> {
  const page = await browser.get(address);
  const fields = { _csrf: hiddenField(page, "_csrf"), ...names };
  return follow(browser, await browser.post(formAction(page), fields));
}

export const namesOf = ({ office, username }: TestUser) => ({ officeCode: office.code, username });

/** Asks, and answers the link of the mail that came. */
export async function linkFor(vestibule: TestVestibule, user: TestUser, mail: string): Promise<string> {
  await askForLink(new HttpBrowser(vestibule.issuer, vestibule.settings.port), namesOf(user));
  const links = (await mailsTo(vestibule, mail)).map((each) =>
    linkIn(each, `${vestibule.issuer}/reset-password/`),
  );
  return links.find((link) => link !== "") ?? "";
}

/** Opens a link of a mail, up to its page. */
export const openLink = async (browser: HttpBrowser, link: string): Promise<Page> =>
  follow(browser, await browser.get(link));

/** Chooses a password on the page of a link. */
export async function choosePassword(browser: HttpBrowser, page: Page, newPassword: string): Promise<Page> {
  const fields = { _csrf: hiddenField(page, "_csrf"), newPassword };
  return follow(browser, await browser.post(formAction(page), fields));
}
