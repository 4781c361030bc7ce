import { expect } from "chai";
import { countStatements } from "../../../bench/count-statements.ts";
import { App, expectOn, openAccount } from "../../support/account.ts";
import { asOwner } from "../../support/database.ts";
import { makeApplication, makeOffice, makeUser, type TestUser } from "../../support/people.ts";
import { authorizationRequest, follow, openSignIn, sendPassword } from "../../support/relying-party.ts";
import { giveApp, makeStrictOffice, passPassword, sendForm, wrongCode } from "../../support/second-factor.ts";
import { useVestibule } from "../../support/use-vestibule.ts";

describe("the history of sign-ins", () => {
  const vestibule = useVestibule();

  it("says in plain words when, from where, how, to what, and whether it went well", async () => {
    const { services } = vestibule;
    const user = await makeUser(services, await makeStrictOffice(services));
    const { secret } = await giveApp(services, user);
    const application = await makeApplication(services, { name: "Ledger of Noord" });
    const browser = vestibule.browser();
    const app = new App(secret);
    const { office, username } = user;
    const request = authorizationRequest(vestibule.issuer, application);
    await sendPassword(browser, await openSignIn(browser, request), {
      officeCode: office.code,
      username,
      password: "not the password",
    });
    await sendForm(browser, await passPassword(browser, application, user), { code: wrongCode(secret) });
    await sendForm(browser, await passPassword(browser, application, user), { code: await app.code() });
    const page = await openAccount(browser, "/account/sign-ins", { user, app });
    expectOn(page, "/account/sign-ins");
    const words = page.body.replace(/<[^>]*>/g, " ").replace(/\s+/g, " ");
    expect(words).to.match(
      /Signed in .{10,60} To: Ledger of Noord · With: Password, Authenticator app · From: 127\.0\.0\.1/,
    );
    expect(words).to.match(/Incorrect code .{10,60} With: Authenticator app · From: 127\.0\.0\.1/);
    expect(words).to.match(/Incorrect password .{10,60} From: 127\.0\.0\.1/);
    expect(words.indexOf("Signed in")).to.be.lessThan(words.indexOf("Incorrect code"));
  });

  it("shows twenty at a time and the older ones behind a link, each once", async () => {
    const user = await makeUser(vestibule.services, await makeOffice(vestibule.services));
    await fill(user, 45);
    const browser = vestibule.browser();
    const seen: string[] = [];
    let next: string | undefined = "/account/sign-ins";
    const sizes: number[] = [];
    await openAccount(browser, next, { user });
    while (next !== undefined) {
      const { body }: { body: string } = await follow(browser, await browser.get(next));
      const found = [...body.matchAll(/From: (10\.0\.0\.\d+)/g)].map(([, address = ""]) => address);
      seen.push(...found);
      sizes.push(body.match(/class="row"/g)?.length ?? 0);
      next = /href="(\/account\/sign-ins\?before=\d+)"/.exec(body)?.[1];
    }
    expect(sizes).to.deep.equal([20, 20, 6]);
    expect(new Set(seen).size).to.equal(45);
    expect(seen).to.have.lengthOf(45);
  });

  it("T82 shows nobody else's, whatever the address says", async () => {
    const office = await makeOffice(vestibule.services);
    const [user, other] = [
      await makeUser(vestibule.services, office),
      await makeUser(vestibule.services, office),
    ];
    await fill(other, 5);
    const browser = vestibule.browser();
    await openAccount(browser, "/account/sign-ins", { user });
    for (const query of [
      "",
      "?before=999999999999",
      `?subject=${other.id}`,
      "?before=1;drop",
      "?before=-1",
    ]) {
      const page = await browser.get(`/account/sign-ins${query}`);
      expect([page.status, /10\.0\.0\./.test(page.body)], query).to.deep.equal([200, false]);
    }
  });

  it("reads one page by an index, however many events there are", async () => {
    const user = await makeUser(vestibule.services, await makeOffice(vestibule.services));
    await fill(user, 3_000);
    await asOwner(
      vestibule.database,
      `insert into audit_events (home, at, office_id, type, outcome, actor, subject)
       select home_of($1), now(), $1, 'profile.changed', 'ok', $2, $2 from generate_series(1, 20000)`,
      [user.office.id, user.id],
    );
    await asOwner(vestibule.database, "analyze audit_events");
    const plan = await asOwner<{ "QUERY PLAN": string }>(
      vestibule.database,
      `explain (analyze, costs off, timing off, summary off) select * from audit_events e
       where e.home = home_of('${user.id}') and e.subject = '${user.id}' and e.type in ('sign-in', 'password.wrong', 'password.throttled', 'code.wrong', 'code.blocked')
       and e.id < 9223372036854775807 order by e.id desc limit 21`,
    );
    const text = plan.map((row) => row["QUERY PLAN"]).join("\n");
    expect(text).to.match(/Index Scan using audit_events_history .*rows=21/);
    expect(text).to.not.match(/Sort|Seq Scan|Rows Removed by Filter/);
  });

  it("needs four statements at most for a page of the account", async () => {
    const { services } = vestibule;
    const user = await makeUser(services, await makeOffice(services));
    const application = await makeApplication(services);
    const browser = vestibule.browser();
    await openAccount(browser, "/account", { user });
    await follow(browser, await browser.get(authorizationRequest(vestibule.issuer, application).url));
    const other = vestibule.browser();
    await openAccount(other, "/account", { user });
    const list = await browser.get("/account/sessions");
    const session = /href="(\/account\/sessions\/(?!others)[\w-]+)"/.exec(list.body)?.[1] ?? "";
    const { count, counted } = countStatements(services.database);
    const pages = [
      ...["/account", "/account/sessions", "/account/applications", "/account/sign-ins"],
      ...["/account/profile", "/account/password", "/account/sessions/others"],
      ...[session, `/account/applications/${application.id}`],
    ];
    for (const path of pages) {
      await browser.get(path);
      const seen: number[] = [];
      // What the worker of messages asks in between is counted too: the smallest of some counts is the page's own.
      while (seen.length < 5 && !seen.some((statements) => statements <= 4)) {
        await count();
        const { status } = await browser.get(path);
        expect(status, path).to.equal(200);
        seen.push((await counted()).statements);
      }
      expect(Math.min(...seen), path).to.be.within(1, 4);
    }
  });

  /** Wrong passwords of long ago, each from an address of its own. */
  async function fill({ id, office }: TestUser, number: number): Promise<void> {
    await asOwner(
      vestibule.database,
      `insert into audit_events (home, at, office_id, type, outcome, actor, subject, address)
       select home_of($1), now() - n * interval '1 minute', $1, 'password.wrong', 'refused', 'visitor', $2,
         ('10.0.' || n / 256 || '.' || n % 256)::inet
       from generate_series(1, $3::integer) n`,
      [office.id, id, number],
    );
  }
});
