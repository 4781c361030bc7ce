import { fileURLToPath } from "node:url";
import nunjucks from "nunjucks";

const VIEWS = fileURLToPath(new URL("../../../views", import.meta.url));

/** The templates below views/. An undefined variable is an error. `isEscaped`: false only for plain-text mails. */
export function openViews({ isEscaped = true } = {}): nunjucks.Environment {
  return new nunjucks.Environment(new nunjucks.FileSystemLoader(VIEWS), {
    autoescape: isEscaped,
    throwOnUndefined: true,
  });
}
