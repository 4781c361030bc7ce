import { giveEmailCodes, mailedCode } from "../email-codes.ts";
import { passkeyOwner } from "../passkey-owner.ts";
import { ceremonyOn } from "../passkeys.ts";
import type { TestUser } from "../people.ts";
import { passPassword, sendForm } from "../second-factor.ts";
import { SoftwareAuthenticator } from "../software-authenticator.ts";
import type { Draft } from "./draft.ts";
import type { Ground, Seed } from "./ground.ts";
import { formOf, withTyped } from "./right-requests.ts";

let made = 0;

async function reader({ world, strict }: Ground): Promise<{ user: TestUser; mail: string }> {
  made += 1;
  const mail = `fuzzed${String(made)}@mail.example`;
  return { user: await world.makeUser({ mail }, strict), mail };
}

async function arrive({ world }: Ground, user: TestUser) {
  const browser = world.browser();
  return { browser, page: await passPassword(browser, world.application, user) };
}

/** By its first button, and not by Resend. */
function withCode(draft: Draft, code: string): Draft {
  const { form, ...typed } = withTyped(draft, { code });
  return { ...typed, form: (form ?? []).filter(({ name }) => name !== "resend") };
}

/** The forms of the pages that set up, and ask for, a passkey and a code by email. */
export const FACTOR_FORMS: readonly Seed[] = [
  async (ground) => {
    const { user, mail } = await reader(ground);
    const { browser, page } = await arrive(ground, user);
    const shown = await sendForm(browser, page, { method: "email" });
    return withCode(formOf(browser, shown), await mailedCode(ground.world, mail));
  },
  async (ground) => {
    const { user, mail } = await reader(ground);
    await giveEmailCodes(ground.world.services, user, mail);
    const { browser, page } = await arrive(ground, user);
    return withCode(formOf(browser, page), await mailedCode(ground.world, mail));
  },
  async (ground) => {
    const { user } = await reader(ground);
    const { browser, page } = await arrive(ground, user);
    const shown = await sendForm(browser, page, { method: "passkey" });
    const device = new SoftwareAuthenticator({ origin: ground.world.issuer });
    return withTyped(formOf(browser, shown), { credential: device.make(ceremonyOn(shown)) });
  },
  async (ground) => {
    const owner = await passkeyOwner(ground.world, {}, (await reader(ground)).user);
    const { browser, page } = await owner.arrive();
    return withTyped(formOf(browser, page), { credential: owner.device.use(ceremonyOn(page)) });
  },
];
