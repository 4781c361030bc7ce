import type { Services } from "./compose.ts";
import { Assets } from "../../platform/web/assets.ts";
import { Cookies } from "../../platform/web/cookies.ts";
import { Csrf } from "../../platform/web/csrf.ts";
import { ErrorPage } from "../../platform/web/error-page.ts";
import { Renderer } from "../../platform/web/render.ts";
import { Texts } from "../../platform/web/texts.ts";
import { deriveKey } from "../../kernel/secret.ts";

/** What every page is made of and guarded by. */
export function composeWeb({ settings, secrets }: Services) {
  const assets = new Assets(new URL("../../../assets/", import.meta.url));
  const texts = new Texts(new URL("../../../views/locales/", import.meta.url));
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
