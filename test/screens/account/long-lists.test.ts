import { expect } from "chai";
import { expectOn, openAccount, send } from "../../support/account.ts";
import { asOwner } from "../../support/database.ts";
import type { HttpBrowser } from "../../support/http-browser.ts";
import { makeOffice, makeUser, type TestUser } from "../../support/people.ts";
import { follow } from "../../support/relying-party.ts";
import { giveManySessions, keptSessions } from "../../support/stored-sessions.ts";
import { useVestibule } from "../../support/use-vestibule.ts";

const MANY = 120;

describe("long lists on the account page", () => {
  const vestibule = useVestibule({ application: {} });
  const newUser = async () => makeUser(vestibule.services, await makeOffice(vestibule.services));
  const many = (user: TestUser) =>
    giveManySessions(vestibule.database, user, { count: MANY, applicationId: vestibule.application.id });
  /** The grants that were given with the sessions. */
  const keptGrants = async ({ id }: TestUser) =>
    asOwner(
      vestibule.database,
      "select from oidc_models where account_id = $1 and kind = 0 and application_id = $2",
      [id, vestibule.application.id],
    );

  /** Page by page: what each lists of `list`. */
  async function walk(browser: HttpBrowser, list: "sessions" | "applications"): Promise<string[][]> {
    const pages: string[][] = [];
    for (let path: string | undefined = `/account/${list}`; path !== undefined;) {
      const { status, body } = await browser.get(path);
      expect(status).to.equal(200);
      const links = body.matchAll(new RegExp(`href="/account/${list}/(?!others)([\\w-]+)"`, "g"));
      pages.push([...links].map(([, id = ""]) => id));
      expect(body.includes("First page")).to.equal(pages.length > 1);
      path = /href="([^"]+)" rel="next"/.exec(body)?.[1];
    }
    return pages;
  }

  it("show every session on some page, and this one first", async () => {
    const user = await newUser();
    const browser = vestibule.browser();
    const all = await many(user);
    const first = await openAccount(browser, "/account/sessions", { user });
    expect(first.body.indexOf("This session")).to.be.greaterThan(0);
    expect(first.body.indexOf("This session")).to.be.lessThan(first.body.indexOf("many-1"));
    const pages = await walk(browser, "sessions");
    expect(pages.map(({ length }) => length)).to.deep.equal([49, 50, 21]);
    expect(pages.flat()).to.deep.equal(all);
    expect((await browser.get("/account/sessions?after=1.many-1")).body).to.not.contain("This session");
    for (const nonsense of ["x", "1.%00", "99999999999999999999.x"]) {
      expect((await browser.get(`/account/sessions?after=${nonsense}`)).body).to.contain("This session");
    }
  });

  it("T234 end with all others, also those that the first page does not show, and their access", async () => {
    const [user, other] = [await newUser(), await newUser()];
    const browser = vestibule.browser();
    await many(user);
    await giveManySessions(vestibule.database, other, { count: 1, applicationId: vestibule.application.id });
    const page = await openAccount(browser, "/account/sessions/others", { user });
    expect(await keptSessions(vestibule.database, user)).to.have.length(MANY + 1);
    expect(await keptGrants(user)).to.have.length(MANY);
    expectOn(await follow(browser, await send(browser, page)), "/account/sessions");
    const [own, ...others] = await keptSessions(vestibule.database, user);
    expect(own).to.not.match(/^many-/);
    expect(others).to.deep.equal([]);
    expect(await keptGrants(user)).to.deep.equal([]);
    expect(await keptSessions(vestibule.database, other)).to.deep.equal(["many-1"]);
    expect(await keptGrants(other)).to.have.length(1);
  });

  it("show every application with access on some page, by name", async () => {
    const user = await newUser();
    const browser = vestibule.browser();
    const ids = await grantMany(user);
    await openAccount(browser, "/account/applications", { user });
    const pages = await walk(browser, "applications");
    expect(pages.map(({ length }) => length)).to.deep.equal([50, 50, 20]);
    expect(pages.flat()).to.deep.equal(ids);
    const nonsense = await browser.get("/account/applications?after=%27");
    expect(nonsense.status).to.equal(200);
    for (const gone of ["app_unknown", ids.at(-1) ?? ""]) {
      const { body } = await browser.get(`/account/applications?after=${gone}`);
      expect(body, gone)
        .to.contain(`/account/applications/${ids[0] ?? ""}"`)
        .and.not.contain("First page");
    }
  });

  /** Access for applications that all have the same two names. Their ids, in order. */
  async function grantMany({ id }: TestUser): Promise<string[]> {
    const [table] = await asOwner<{ columns: string }>(
      vestibule.database,
      `select string_agg(quote_ident(column_name), ', ') as columns from information_schema.columns
       where table_name = 'applications' and is_generated = 'NEVER'`,
    );
    const columns = table?.columns ?? "";
    const added = await asOwner<{ id: string }>(
      vestibule.database,
      `insert into applications (${columns}) select ${columns} from (
         select (jsonb_populate_record(a, jsonb_build_object('id', a.id || '-' || lpad(n::text, 3, '0'),
           'name', case when n <= 70 then 'Archive' else 'Books' end))).*
         from applications a, generate_series(1, $2::integer) n where a.id = $1 order by n) more returning id`,
      [vestibule.application.id, MANY],
    );
    for (const { id: applicationId } of added) {
      await asOwner(
        vestibule.database,
        `insert into oidc_models (home, kind, id, payload, account_id, application_id, saved_at, expires_at)
         select home_of($1::uuid), 0, convert_to('grant-' || $2, 'UTF8'),
           json_build_object('iat', floor(extract(epoch from now())), 'openid', json_build_object('scope', 'openid email')),
           $1::uuid, $2, now(), now() + interval '1 day'`,
        [id, applicationId],
      );
    }
    return added.map((each) => each.id);
  }
});
