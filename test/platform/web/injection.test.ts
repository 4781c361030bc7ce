import { readdirSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { expect } from "chai";
import { type Page } from "../../support/http-browser.ts";
import { openSignIn, sendPassword } from "../../support/relying-party.ts";
import { expectSecured } from "../../support/secured.ts";
import { tourOf } from "../../support/tour.ts";
import { useVestibule } from "../../support/use-vestibule.ts";

/** Ways out of an attribute, of a script, of a template, of a text catalogue. */
const PAYLOADS = [
  `"><svg onload=alert(1)>`,
  `'-alert(1)-'`,
  `x\\`,
  "{{7*191}}",
  "{% include 'errors/error.njk' %}",
  "${7*191}",
  "</script><script>alert(1)</script>",
  `"><img src=x onerror=alert(1)>`,
  "<b>bold</b>",
  "{application} {count, plural, other {#}}",
  "'{evil}' ''",
  "javascript:alert(1)",
  "&lt;svg onload=alert(1)&gt;",
  "\u2028<i>\u202e",
];

describe("what people and applications write into a page", () => {
  const vestibule = useVestibule({ application: {} });

  it("T97 shows names of offices, people and applications as text on every page", async function () {
    this.timeout(60_000);
    // What turns the direction of a text is refused in a name already.
    const payloads = PAYLOADS.map((payload) => payload.replace("\u202e", ""));
    for (const [index, names] of inHundreds(payloads).entries()) {
      const name = names.join(" ");
      const code = `NAMES-${String(index)}`;
      const tour = await tourOf(vestibule, { code, office: name, person: name, application: name });
      for (const [what, page] of Object.entries(tour)) {
        expectHarmless(page, name, what);
      }
      const { office, consent, "password page": password } = tour;
      for (const page of [office, consent, password]) {
        expect(textOf(page)).to.contain(name.trim());
      }
    }
  });

  it("T97 shows what an application asks for as text", async () => {
    for (const payload of PAYLOADS) {
      for (const parameter of [
        "login_hint",
        "ui_locales",
        "state",
        "office",
        "nonce",
        "acr_values",
        "display",
      ]) {
        const page = await vestibule.browser().get(vestibule.request({ [parameter]: payload }).url);
        const shown =
          page.location === ""
            ? page
            : await openSignIn(vestibule.browser(), vestibule.request({ [parameter]: payload }));
        expectHarmless(shown, payload, `${parameter}: ${payload}`);
      }
      const hinted = await openSignIn(vestibule.browser(), vestibule.request({ login_hint: payload }));
      expect(textOf(hinted), payload).to.contain(`value="${payload}"`);
    }
  });

  it("T97 shows the faults of a request as text", async () => {
    for (const payload of PAYLOADS) {
      for (const parameter of [
        "client_id",
        "redirect_uri",
        "response_type",
        "scope",
        "prompt",
        "response_mode",
      ]) {
        const page = await vestibule.browser().get(vestibule.request({ [parameter]: payload }).url);
        expect(page.status, `${parameter}: ${payload}`).to.be.oneOf([303, 400]);
        expectHarmless(page.status === 400 ? page : await vestibule.browser().get("/"), payload, parameter);
      }
      const query = new URLSearchParams({ error_description: payload, error: payload, [payload]: payload });
      for (const path of ["/", "/nothing", "/sign-out", "/which-office-code", "/o/nobody"]) {
        expectHarmless(
          await vestibule.browser().get(`${path}?${query.toString()}`),
          payload,
          `${path}: ${payload}`,
        );
      }
      const inPath = await vestibule
        .browser()
        .get(`/o/${encodeURIComponent(payload)}?from=${query.toString()}`);
      expectHarmless(inPath, payload, `address: ${payload}`);
    }
  });

  it("T97 shows what was typed as text", async () => {
    const browser = vestibule.browser();
    const page = await openSignIn(browser, vestibule.request({}));
    for (const payload of PAYLOADS) {
      const typed = { officeCode: payload, username: `${payload}${payload}`, password: payload };
      const answer = await sendPassword(browser, page, typed);
      expect(answer.status, payload).to.equal(400);
      expectHarmless(answer, payload, payload);
      expect(textOf(answer), payload).to.contain(`value="${payload}${payload}"`);
    }
  });

  it("T97 ignores parameters that come as lists or objects", async () => {
    for (const payload of PAYLOADS) {
      const extra = new URLSearchParams([
        ["login_hint[]", payload],
        ["state[]", payload],
        ["office[]", payload],
        ["ui_locales[0]", payload],
        ["lang[]", payload],
        ["login_hint[toString]", payload],
      ]).toString();
      const begun = await vestibule.browser().get(`${vestibule.request({}).url}&${extra}`);
      expect(begun.status, payload).to.equal(303);
      const browser = vestibule.browser();
      const page = await browser.get((await browser.get(`${vestibule.request({}).url}&${extra}`)).location);
      expect(page.status, payload).to.equal(200);
      expectHarmless(page, payload, payload);
      expect(textOf(page), payload).to.not.contain(payload);
    }
  });

  it("T97 renders no template that trusts its data", () => {
    const views = fileURLToPath(new URL("../../../views/", import.meta.url));
    const files = readdirSync(views, { recursive: true, encoding: "utf8" }).filter((name) =>
      name.endsWith(".njk"),
    );
    expect(files).to.have.length.above(10);
    for (const file of files) {
      const source = readFileSync(`${views}${file}`, "utf8");
      expect(source, file).to.not.match(/\|\s*safe\b|autoescape|\|\s*dump\b/);
      expect(source, file).to.not.match(/<script(?![^>]*\bsrc=)|\son[a-z]+=|=\{\{/);
      // Mail programs know no stylesheet of ours; a mail's looks stand beside its words, and hold no data.
      expect(source, file).to.not.match(file.startsWith("mail/") ? /\sstyle="[^"]*\{\{/ : /\sstyle=/);
    }
    const src = fileURLToPath(new URL("../../../src/", import.meta.url));
    const sources = readdirSync(src, { recursive: true, encoding: "utf8" }).filter((file) =>
      file.endsWith(".ts"),
    );
    const filesWith = (text: string) =>
      sources.filter((file) => readFileSync(`${src}${file}`, "utf8").includes(text));
    // One place opens templates, and plain text alone is not escaped.
    expect(filesWith("new nunjucks.Environment(")).to.deep.equal(["platform/web/views.ts"]);
    expect(filesWith("isEscaped: false")).to.deep.equal(["platform/messages/mail-view.ts"]);
    expect(filesWith("SafeString")).to.deep.equal([]);
    const opener = readFileSync(`${src}platform/web/views.ts`, "utf8");
    expect(opener).to.contain("isEscaped = true").and.contain("throwOnUndefined: true");
  });
});

/** As many together as a name may have characters. */
function inHundreds(texts: readonly string[]): string[][] {
  const groups: string[][] = [];
  for (const text of texts) {
    const last = groups.at(-1);
    if (last === undefined || [...last, text].join(" ").length > 100) {
      groups.push([text]);
    } else {
      last.push(text);
    }
  }
  return groups;
}

/** The payload does nothing in the page: it makes no tag, ends no attribute, was not computed. */
function expectHarmless(page: Page, payload: string, what: string): void {
  expectSecured(page, what);
  expect(page.body, what).to.not.match(/<b>|<i>|<svg on|<img src=x|\b1337\b/);
  if (/[<>"&]/.test(payload)) {
    expect(page.body, what).to.not.contain(payload);
  }
}

/** A page's source as a browser reads its texts and attributes. */
function textOf(page: Page | undefined): string {
  return (page?.body ?? "")
    .replaceAll("&quot;", '"')
    .replaceAll("&#39;", "'")
    .replaceAll("&lt;", "<")
    .replaceAll("&gt;", ">")
    .replaceAll("&#92;", "\\")
    .replaceAll("&#96;", "`")
    .replaceAll("&amp;", "&");
}
