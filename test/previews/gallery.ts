import { expect } from "chai";
import type { Page } from "playwright-core";
import { DEMO_PASSWORD } from "../../demo/demo-office.ts";
import { openLoopbackListener } from "../../demo/loopback-listener.ts";
import { asOwner } from "../support/database.ts";
import type { TestApplication, TestUser } from "../support/people.ts";
import { authorizationRequest } from "../support/relying-party.ts";
import type { World } from "./world.ts";

/** One page in one state. */
export interface Preview {
  readonly name: string;
  /** Leads a window that has seen nothing yet to the page. Finds its way in every language. */
  open(page: Page): Promise<void>;
}

/** Every page in every state. */
export function galleryOf(world: World): Preview[] {
  return [
    ...signIn(world),
    ...consent(world),
    ...signOut(world),
    ...errors(world),
    ...plainPages(world),
    ...demo(world),
  ];
}

const preview = (name: string, open: Preview["open"]): Preview => ({ name, open });

const goTo =
  (address: string): Preview["open"] =>
  async (page) => {
    await page.goto(address);
  };

/** Types into the password page and sends it. */
async function enter(page: Page, entries: Readonly<Record<string, string>>): Promise<void> {
  for (const [name, value] of Object.entries(entries)) {
    await page.locator(`[name=${name}]`).fill(value);
  }
  await page.locator("main button.primary").click();
}

const entriesOf = ({ office, username, password }: TestUser) => ({ officeCode: office.code, username, password });

function signIn({ demo, ledger, pinned, wordy, wordyUser, blockedUser, productionApplication }: World) {
  const { issuer } = demo.vestibule;
  const at = (application: TestApplication, changes: Record<string, string> = {}) =>
    authorizationRequest(issuer, application, changes).url;
  const after = (code: string, address: string): Preview["open"] => async (page) => {
    await page.goto(`${issuer}/o/${code}`);
    await page.goto(address);
  };
  return [
    preview("password", goTo(at(ledger))),
    preview("password-production", goTo(authorizationRequest("https://id.test", productionApplication).url)),
    preview("password-missing", async (page) => {
      await page.goto(at(ledger));
      await enter(page, {});
    }),
    preview("password-wrong", async (page) => {
      await page.goto(at(ledger));
      await enter(page, { officeCode: "NOORD", username: "sanne", password: "not-the-password" });
    }),
    preview("password-too-many", async (page) => {
      await page.goto(at(ledger));
      for (let tries = 0; tries <= 10; tries += 1) {
        await enter(page, { officeCode: "NOORD", username: "nobody", password: `guess ${String(tries)}` });
      }
    }),
    preview("password-pinned", goTo(at(pinned, { login_hint: "sanne" }))),
    preview("password-named-office", goTo(at(ledger, { office: "UNKNOWN-OFFICE" }))),
    preview("password-accent", after("NOORD", at(ledger))),
    preview("password-logo", after("LOGO", at(ledger))),
    preview("password-long", after(wordyUser.office.code, at(wordy, { login_hint: "w.a.j.van.heeckeren" }))),
    preview("blocked", async (page) => {
      await page.goto(at(ledger));
      await enter(page, entriesOf(blockedUser));
    }),
  ];
}

function consent({ demo, foreign, wordy, user, wordyUser }: World) {
  const asking = (application: TestApplication, person: TestUser): Preview["open"] => async (page) => {
    const scope = "openid profile email phone office offline_access";
    const request = authorizationRequest(demo.vestibule.issuer, application, { scope, prompt: "consent" });
    await page.goto(request.url);
    await enter(page, entriesOf(person));
    await page.locator("button[value=allow]").waitFor();
  };
  return [preview("consent-logo", asking(foreign, user)), preview("consent-long", asking(wordy, wordyUser))];
}

function signOut({ demo, ledger, user }: World) {
  const { issuer } = demo.vestibule;
  const signedIn: Preview["open"] = async (page) => {
    await page.goto(authorizationRequest(issuer, ledger).url);
    await enter(page, entriesOf(user));
    await page.waitForURL("https://app.test/**");
  };
  const asked = (query: string): Preview["open"] => async (page) => {
    await signedIn(page);
    await page.goto(`${issuer}/sign-out${query}`);
  };
  const answered = (query: string, button: string): Preview["open"] => async (page) => {
    await asked(query)(page);
    await page.locator(button).click();
  };
  return [
    preview("sign-out", asked("")),
    preview("sign-out-asked", asked(`?client_id=${ledger.id}`)),
    preview("sign-out-done", answered("", "button[name=logout]")),
    preview("sign-out-stayed", answered(`?client_id=${ledger.id}`, "button:not([name])")),
  ];
}

const FAULTS = ["not-found", "forbidden", "too-large", "method", "busy", "unavailable", "internal", "request"];

function errors({ demo, ledger }: World) {
  const { issuer } = demo.vestibule;
  const at = (changes: Record<string, string>) => authorizationRequest(issuer, ledger, changes).url;
  return [
    preview("error-expired", async (page) => {
      await page.goto(at({}));
      await page.context().clearCookies();
      await page.reload();
    }),
    preview("error-unknown-application", goTo(at({ client_id: "app_unknown" }))),
    preview("error-bad-redirect", goTo(at({ redirect_uri: "https://elsewhere.test/cb" }))),
    preview("error-request-details", goTo(`${issuer}/authorize?client_id=${ledger.id}&response_mode=nonsense`)),
    ...FAULTS.map((kind) => preview(`error-${kind}`, goTo(`${issuer}/o/FAULT-${kind}`))),
  ];
}

function plainPages({ demo, ledger }: World) {
  const { issuer, services, database } = demo.vestibule;
  const help = (path: string): Preview["open"] => async (page) => {
    await page.goto(authorizationRequest(issuer, ledger).url);
    await page.locator(`a[href^="/${path}"]`).click();
  };
  return [
    preview("welcome", goTo(issuer)),
    preview("welcome-production", goTo("https://id.test/")),
    preview("office", goTo(`${issuer}/o/NOORD`)),
    preview("office-logo", goTo(`${issuer}/o/LOGO`)),
    preview("help-forgot-password", help("forgot-password")),
    preview("help-which-office", help("which-office-code")),
    preview("help-without-sign-in", goTo(`${issuer}/which-office-code`)),
    preview("outbox-empty", async (page) => {
      await asOwner(database, "delete from outbox_messages");
      await page.goto(`${issuer}/outbox`);
    }),
    preview("outbox-full", async (page) => {
      const texts = ["123456 is your Vestibule verification code. It is valid for 5 minutes.\n\n@id.test #123456", "Hello"];
      for (const text of texts) {
        await services.outbox.send({ channel: "sms", to: "+31612345678", text });
      }
      await services.outbox.send({
        channel: "mail",
        to: "wilhelmina.alexandra.van.heeckeren-tot-nettelhorst@administratiekantoor-van-der-meulen.example",
        subject: "Set a new password",
        text: `Open this address within 30 minutes:\n\nhttps://id.test/new-password/${"a1B2".repeat(20)}\n`,
      });
      await page.goto(`${issuer}/outbox`);
    }),
  ];
}

function demo({ demo: { url } }: World) {
  const signedIn: Preview["open"] = async (page) => {
    await page.goto(`${url}/sign-in`);
    await enter(page, { officeCode: "DEMO", username: "anna", password: DEMO_PASSWORD });
    await page.waitForURL(`${url}/`);
  };
  return [
    preview("demo-welcome", goTo(url)),
    preview("demo-signed-in", signedIn),
    preview("demo-refreshed", async (page) => {
      await signedIn(page);
      await page.locator("form[action='/refresh'] button").click();
      await page.locator("summary").first().click();
    }),
    preview("demo-cancelled", async (page) => {
      await page.goto(`${url}/sign-in`);
      await page.locator("button[name=cancel]").click();
    }),
    preview("demo-signed-out", async (page) => {
      await signedIn(page);
      await page.locator("form[action='/sign-out'] button").click();
    }),
    preview("demo-nowhere", goTo(`${url}/nowhere`)),
    preview("demo-mobile-back", async (page) => {
      const listener = await openLoopbackListener();
      const callback = listener.callback({ state: "known", timeoutMs: 5_000 });
      await page.goto(`${listener.redirectUri}?state=known&code=x`);
      expect((await callback).searchParams.get("code")).to.equal("x");
      listener.close();
    }),
  ];
}
