import type { Services } from "./compose.ts";
import { Assets } from "./http/assets.ts";
import { Cookies } from "./http/cookies.ts";
import { Csrf } from "./http/csrf.ts";
import { ErrorPage } from "./http/error-page.ts";
import { Renderer } from "./http/render.ts";
import { Texts } from "./http/texts.ts";
import { deriveKey } from "./kernel/secret.ts";

/** What every page is made of and guarded by. */
export function composeWeb({ settings, secrets }: Services) {
  const assets = new Assets(new URL("../assets/", import.meta.url));
  const texts = new Texts(new URL("../views/locales/", import.meta.url));
  const renderer = new Renderer({
    texts,
    assets,
    productName: settings.productName,
    isDevelopment: !settings.production,
  });
  const csrfKeys = secrets.cookieKeys.map((key) => deriveKey(key, "forms"));
  return {
    assets,
    renderer,
    errorPage: new ErrorPage(renderer),
    cookies: new Cookies(settings.issuer),
    csrf: new Csrf(csrfKeys, settings.issuer),
  };
}
