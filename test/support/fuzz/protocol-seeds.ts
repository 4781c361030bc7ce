import { assertionOf } from "../key-client.ts";
import { API, API_SCOPE } from "../machine-api.ts";
import { openSignIn, redeem, sendPassword } from "../relying-party.ts";
import type { HttpBrowser } from "../http-browser.ts";
import { tokensFor as tokensIn, tokensOf, type Tokens } from "../tokens.ts";
import { emptyDraft, type Draft } from "./draft.ts";
import type { Ground, Seed } from "./ground.ts";
import { formsOf } from "./page-form.ts";
import { asClient, cookieOf, formOf, get, page, post, type Values } from "./right-requests.ts";

const authorization = ({ world }: Ground): Values => ({
  ...Object.fromEntries(new URL(world.request().url).searchParams),
  nonce: "n-0S6_WzA2Mj",
  prompt: "login",
  display: "page",
  max_age: "300",
  ui_locales: "nl en",
  login_hint: world.user.username,
  acr_values: "urn:vestibule:acr:password",
  office: world.office.code,
  response_mode: "query",
  claims: '{"id_token":{"name":null}}',
});

const OPTIONAL =
  "request request_uri id_token_hint resource audience registration claims_locales dpop_jkt authorization_details";
/** Parameters that a request has only now and then. */
const more = (): Values => Object.fromEntries(OPTIONAL.split(" ").map((name) => [name, "x"]));

/** A code, with what redeems it. */
async function codeOf({ world, signedIn }: Ground) {
  const request = world.request();
  const { location } = await signedIn.get(request.url);
  return { redirect: new URL(location), request };
}

async function tokensFor(ground: Ground): Promise<Tokens> {
  const { world } = ground;
  return tokensOf(await redeem(world.browser(), world.application, await codeOf(ground)));
}

const grant =
  (
    fields: (ground: Ground) => Promise<Values>,
    by: "application" | "machine" | "device" = "application",
  ): Seed =>
  async (ground) => {
    const form = await fields(ground);
    const { device, machine, world } = ground;
    return by === "device"
      ? post("/token", { client_id: device.id, ...form }, [["Accept", "application/json"]])
      : post("/token", form, asClient(by === "machine" ? machine : world.application));
  };

async function deviceCodes({ world, device }: Ground): Promise<Values> {
  const { body } = await world.browser().send("/device/authorize", {
    method: "POST",
    headers: { accept: "application/json", "content-type": "application/x-www-form-urlencoded" },
    body: new URLSearchParams({ client_id: device.id, scope: "openid" }).toString(),
  });
  return JSON.parse(body) as Values;
}

async function atPassword({ world }: Ground) {
  const browser = world.browser();
  return { browser, page: await openSignIn(browser, world.request()) };
}

const discovery: Seed = () => Promise.resolve(get("/.well-known/openid-configuration", { a: "1" }));
const preflight =
  (path: string): Seed =>
  () =>
    Promise.resolve({
      ...emptyDraft("OPTIONS", path),
      headers: [
        ["Origin", "https://app.test"],
        ["Access-Control-Request-Method", "POST"],
        ["Access-Control-Request-Headers", "authorization"],
      ],
    });
/** Requests to the addresses of the protocol. */
export const PROTOCOL_SEEDS: Readonly<Record<string, readonly Seed[]>> = {
  "GET /authorize": [
    (ground) => Promise.resolve(get("/authorize", authorization(ground))),
    (ground) =>
      Promise.resolve(get("/authorize", { ...authorization(ground), prompt: "none" }, ground.signedIn)),
    (ground) => Promise.resolve(get("/authorize", { ...authorization(ground), ...more() })),
    (ground) => {
      const { login_hint: _hint, prompt: _prompt, ...rest } = authorization(ground);
      return Promise.resolve(get("/authorize", rest, ground.signedIn));
    },
  ],
  "POST /authorize": [(ground) => Promise.resolve(post("/authorize", authorization(ground)))],
  "GET /authorize/:uid": [
    async (ground) => {
      const { browser, page: opened } = await atPassword(ground);
      const { office, username, password } = ground.world.user;
      const { location } = await sendPassword(browser, opened, {
        officeCode: office.code,
        username,
        password,
      });
      return get(new URL(location).pathname, { a: "1" }, browser);
    },
  ],
  "POST /par": [
    (ground) => Promise.resolve(post("/par", authorization(ground), asClient(ground.world.application))),
    (ground) =>
      Promise.resolve(
        post("/par", { ...authorization(ground), ...more() }, asClient(ground.world.application)),
      ),
  ],
  "POST /token": [
    grant(async (ground) => {
      const { redirect, request } = await codeOf(ground);
      return {
        grant_type: "authorization_code",
        code: redirect.searchParams.get("code") ?? "",
        redirect_uri: ground.world.application.redirectUri,
        code_verifier: request.verifier,
      };
    }),
    grant(async (ground) => ({
      grant_type: "refresh_token",
      refresh_token: (await tokensFor(ground)).refresh,
    })),
    grant(() => Promise.resolve({ grant_type: "client_credentials" }), "machine"),
    grant(
      () => Promise.resolve({ grant_type: "client_credentials", scope: API_SCOPE, resource: API }),
      "machine",
    ),
    grant(async (ground) => {
      const { device_code = "" } = await deviceCodes(ground);
      return { grant_type: "urn:ietf:params:oauth:grant-type:device_code", device_code };
    }, "device"),
    ({ machine }) =>
      Promise.resolve(
        post("/token", {
          grant_type: "client_credentials",
          client_id: machine.id,
          client_secret: machine.secret ?? "",
        }),
      ),
    async ({ keyed, world }) =>
      post("/token", {
        grant_type: "client_credentials",
        client_assertion_type: "urn:ietf:params:oauth:client-assertion-type:jwt-bearer",
        client_assertion: await assertionOf(keyed, world.issuer),
      }),
  ],
  "POST /introspect": [about("/introspect")],
  "POST /revoke": [about("/revoke")],
  "GET /userinfo": [
    async (ground) => ({
      ...get("/userinfo", { access_token: "x" }),
      headers: [["Authorization", `Bearer ${(await tokensFor(ground)).access}`]],
    }),
  ],
  "POST /userinfo": [
    async (ground) => post("/userinfo", { access_token: (await tokensFor(ground)).access }),
    async (ground) =>
      post("/userinfo", { a: "1" }, [["Authorization", `Bearer ${(await tokensFor(ground)).access}`]]),
  ],
  "GET /sign-out": [
    async (ground) => {
      const { values, browser } = await signOutOf(ground);
      return get("/sign-out", values, browser);
    },
    () => Promise.resolve(get("/sign-out", { client_id: "x", ui_locales: "nl" })),
  ],
  "POST /sign-out": [
    async (ground) => {
      const { values, browser } = await signOutOf(ground);
      return post("/sign-out", values, cookieOf("/sign-out", browser));
    },
    () => Promise.resolve(post("/sign-out", { client_id: "x", ui_locales: "nl" })),
  ],
  "GET /sign-out/success": [
    (ground) => Promise.resolve(get("/sign-out/success", { client_id: ground.foreign.id })),
  ],
  "POST /sign-out/confirm": [
    async ({ signedIn }) => {
      const { fields, ...rest } = draftParts(formOf(signedIn, await signedIn.get("/sign-out")));
      // Not really: the session serves the next request too.
      return { ...rest, form: fields.filter(({ name }) => name !== "logout") };
    },
  ],
  "POST /device/authorize": [
    ({ device }) =>
      Promise.resolve(
        post("/device/authorize", { client_id: device.id, scope: "openid", acr_values: "x", max_age: "1" }),
      ),
  ],
  "GET /device": [
    async (ground) => get("/device", { user_code: (await deviceCodes(ground))["user_code"] ?? "" }),
  ],
  "POST /device": [
    async (ground) => {
      const browser = ground.world.browser();
      const shown = await browser.get("/device");
      return formOf(browser, shown);
    },
    async (ground) => {
      const browser = ground.world.browser();
      const { user_code = "" } = await deviceCodes(ground);
      const form = formsOf(await browser.get("/device"))[0]?.fields ?? {};
      const confirm = await browser.post("/device", { ...form, user_code });
      return formOf(browser, confirm);
    },
  ],
  "GET /device/:uid": [page("/device/x")],
  "GET /jwks": [page("/jwks", { a: "1" })],
  "GET /.well-known/openid-configuration": [discovery],
  "GET /.well-known/oauth-authorization-server": [
    page("/.well-known/oauth-authorization-server", { a: "1" }),
  ],
  ...Object.fromEntries(
    "/userinfo /token /jwks /introspect /revoke /par /device/authorize /.well-known/openid-configuration /.well-known/oauth-authorization-server"
      .split(" ")
      .map((path) => [`OPTIONS ${path}`, [preflight(path)]]),
  ),
};

function about(path: string): Seed {
  return async (ground) =>
    post(
      path,
      { token: (await tokensFor(ground)).access, token_type_hint: "access_token" },
      asClient(ground.world.application),
    );
}

/** In a session of its own, which a right hint ends at once. */
async function signOutOf({ world }: Ground): Promise<{ values: Values; browser: HttpBrowser }> {
  const browser = world.browser();
  const { id } = await tokensIn(browser, world.application, world.user);
  const values = {
    id_token_hint: id,
    client_id: world.application.id,
    post_logout_redirect_uri: "https://app.test/",
    state: "s",
    ui_locales: "nl",
    logout_hint: "x",
  };
  return { values, browser };
}

const draftParts = ({ form, ...rest }: Draft) => ({ ...rest, fields: form ?? [] });
