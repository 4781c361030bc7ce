import { expect } from "chai";
import { ofAllHomes } from "../../support/homeless-statements.ts";
import { userQuerySchema, type UserPage, type UserQuery } from "../../../src/domain/users/user-list.ts";
import { homeOfBytes } from "../../../src/kernel/home.ts";
import { asOwner } from "../../support/database.ts";
import { makeOffice, makeUser, type TestOffice, type TestUser } from "../../support/people.ts";
import { OPERATOR } from "../../support/actors.ts";
import { withSeals } from "../../support/audit-rows.ts";
import { duringMoment } from "../../support/time.ts";
import { useServices } from "../../support/use-vestibule.ts";

describe("the users of an office, as the console lists them", () => {
  const stage = useServices();
  let north: TestOffice;
  let south: TestOffice;
  const people = new Map<string, TestUser>();

  const sql = (text: string, values: unknown[] = []) => asOwner(stage.database, text, values);
  const idOf = (username: string) => people.get(username)?.id ?? "";
  const page = (query: Partial<UserQuery>, token: string | null = null, office = north): Promise<UserPage> =>
    stage.services.lists.users.page(office.id, userQuerySchema.parse(query), token);
  const names = (found: UserPage) => found.users.map(({ username }) => username);
  const listed = async (query: Partial<UserQuery>) => names(await page(query));

  /** All users, page by page; `between` happens after each page. */
  async function walk(
    query: Partial<UserQuery>,
    between: (turn: number) => Promise<unknown> = () => Promise.resolve(),
  ) {
    const seen: string[] = [];
    for (let token: string | null = null, turn = 0; ; turn += 1) {
      const found: UserPage = await page(query, token);
      seen.push(...names(found));
      token = found.next;
      if (token === null) {
        return seen;
      }
      await between(turn);
    }
  }

  before(async function () {
    this.timeout(120_000);
    const { services } = stage;
    north = await makeOffice(services, { code: "NOORD" });
    south = await makeOffice(services, { code: "ZUID" });
    for (const [username, name, role] of [
      ["anna", "Zoë Bakker", "superuser"],
      ["bram", "Émile de Boer", "accountant"],
      ["chris", "Chris 100% Jansen", "user"],
      ["dirk", "dirk_under score", "user"],
      ["eva", "Eva", "user"],
    ] as const) {
      people.set(
        username,
        await makeUser(services, north, { username, name, role, mail: `${username}@noord.example` }),
      );
    }
    await makeUser(services, south, { username: "anna", name: "Zoë of the south" });
    await sql("update users set status = 'disabled' where id = $1", [idOf("eva")]);
    const at = "2026-01-01T00:00:00Z";
    await sql(
      "insert into factors (home, office_id, user_id, kind, confirmed_at) values (home_of($1), $1, $2, 'sms', $3)",
      [...[north.id, idOf("anna"), at]],
    );
    await sql(
      "insert into second_factor_guard (home, office_id, user_id, failed_since_success, blocked_until) values (home_of($1), $1, $2, 3, now() + interval '1 hour'), (home_of($1), $1, $3, 50, null), (home_of($1), $1, $4, 3, now() - interval '1 hour')",
      [north.id, idOf("bram"), idOf("chris"), idOf("dirk")],
    );
    await sql(
      "insert into recovery_code_sets (home, office_id, user_id, salt, made_at) values (home_of($1), $1, $2, '\\x00', now()), (home_of($1), $1, $3, '\\x00', now())",
      [...[north.id, idOf("anna"), idOf("bram")]],
    );
    await sql(
      `insert into recovery_codes (home, office_id, user_id, hash, used_at)
       select home_of($1::uuid), $1::uuid, $2::uuid, decode(lpad(n::text, 2, '0'), 'hex'), case when n > 2 then now() end from generate_series(1, 6) n
       union all select home_of($1::uuid), $1::uuid, $3::uuid, decode(lpad(n::text, 2, '0'), 'hex'), null from generate_series(1, 6) n`,
      [north.id, idOf("anna"), idOf("bram")],
    );
    await sql(
      `insert into mobile_numbers (home, office_id, user_id, number, state, entered_by, changed_at, pending_number, pending_at)
       values (home_of($1), $1, $2, '+31612345678', 'confirmed', 'user', now(), '+31687654321', now())`,
      [north.id, idOf("anna")],
    );
    for (const [username, when] of [
      ["chris", "2026-03-01T10:00:00Z"],
      ["anna", "2026-02-01T10:00:00Z"],
      ["anna", "2026-01-01T10:00:00Z"],
    ]) {
      const [id, officeId] = [idOf(username ?? ""), north.id];
      const event = { type: "sign-in", outcome: "ok", officeId, actor: id, subject: id } as const;
      await duringMoment(new Date(when ?? ""), () => stage.services.audit.addAlone(event));
    }
  });

  it("are sorted by username, name and last sign-in, both ways", async () => {
    expect(await listed({})).to.deep.equal(["anna", "bram", "chris", "dirk", "eva"]);
    expect(await listed({ descending: true })).to.deep.equal(["eva", "dirk", "chris", "bram", "anna"]);
    expect(await listed({ sort: "name" })).to.deep.equal(["chris", "dirk", "eva", "anna", "bram"]);
    expect((await listed({ sort: "last-sign-in", descending: true })).slice(0, 2)).to.deep.equal([
      "chris",
      "anna",
    ]);
  });

  it("show where each stands with the second factor", async () => {
    const { users } = await page({ search: "anna" });
    expect(users).to.have.length(1);
    expect(users[0]).to.deep.include({
      ...{ factors: ["sms"], codesLeft: 2, hasPendingNumber: true, isOverdue: false, blockedUntil: null },
      ...{ isFrozen: false, lastSignInAt: new Date("2026-02-01T10:00:00Z"), role: "superuser" },
    });
  });

  it("are filtered by role, status, factor and everything that needs attention", async () => {
    expect(await listed({ role: "user" }), "role").to.deep.equal(["chris", "dirk", "eva"]);
    expect(await listed({ status: "disabled" }), "status").to.deep.equal(["eva"]);
    expect(await listed({ factor: "sms" }), "sms").to.deep.equal(["anna"]);
    expect(await listed({ factor: "totp" }), "app").to.deep.equal([]);
    expect(await listed({ factor: "none" }), "none").to.deep.equal(["bram", "chris", "dirk", "eva"]);
    expect(await listed({ blocked: true }), "blocked or frozen").to.deep.equal(["bram", "chris"]);
    expect(await listed({ fewCodes: true }), "few codes").to.deep.equal(["anna"]);
    expect(await listed({ pendingNumber: true }), "pending").to.deep.equal(["anna"]);
    expect(await listed({ role: "user", factor: "none", blocked: true }), "several").to.deep.equal(["chris"]);
  });

  it("are found by a part of username, name or mail address, in any case", async () => {
    expect(await listed({ search: "BAKK" })).to.deep.equal(["anna"]);
    expect(await listed({ search: "ÉMILE" })).to.deep.equal(["bram"]);
    expect(await listed({ search: "dirk@noord" })).to.deep.equal(["dirk"]);
    expect(await listed({ search: "nobody" })).to.deep.equal([]);
  });

  it("T99 find no more with a wildcard than with any other character, and no SQL is spoken", async () => {
    expect(await listed({ search: "100%" })).to.deep.equal(["chris"]);
    expect(await listed({ search: "dirk_" })).to.deep.equal(["dirk"]);
    for (const search of ["%", "_", "%".repeat(100)]) {
      expect(await listed({ search }), search).to.have.length.below(2);
    }
    expect(await listed({ search: "$1" }), "punctuation counts for nothing").to.deep.equal(["chris"]);
    for (const search of ["'", "\\", "' or 2=2 --", "$", "\\%"]) {
      expect(await listed({ search }), search).to.deep.equal([]);
    }
  });

  it("T99 are asked for in no other way than the list knows", () => {
    for (const query of [
      { sort: "name;drop table users" },
      { sort: "password_hash" },
      { size: 0 },
      { size: -1 },
      { size: 1e9 },
      { size: 1.5 },
      { search: "x".repeat(101) },
      { search: "a\0b" },
      { role: "support" },
      { officeId: "x" },
    ]) {
      expect(userQuerySchema.safeParse(query).success, JSON.stringify(query)).to.equal(false);
    }
  });

  it("T99 refuse a page token that was altered, invented, or made for another list or another office", async () => {
    const { next } = await page({ size: 2 });
    const token = next ?? "";
    const refusal = (query: Partial<UserQuery>, given: string, office = north) =>
      page(query, given, office).then(
        () => "answered",
        (error: unknown) => (error instanceof Error && "kind" in error ? error.kind : error),
      );
    expect(names(await page({ size: 3 }, token)), "another size is the same list").to.deep.equal([
      "chris",
      "dirk",
      "eva",
    ]);
    const middle = Math.floor(token.length / 2);
    const altered = token.slice(0, middle) + (token[middle] === "A" ? "B" : "A") + token.slice(middle + 1);
    for (const given of ["", "x", "!", "eyJ", altered, token.slice(1), `${token}A`, "A".repeat(100_000)]) {
      expect(await refusal({ size: 2 }, given), given.slice(0, 20)).to.equal("request");
    }
    expect(await refusal({ size: 2 }, token, south), "another office").to.equal("request");
    for (const query of [
      { sort: "name" },
      { descending: true },
      { search: "a" },
      { role: "user" },
    ] as const) {
      expect(await refusal(query, token), JSON.stringify(query)).to.equal("request");
    }
    expect(Buffer.from(token, "base64url").toString("latin1"), "reveals nothing").to.not.contain("bram");
  });

  it("come each once, page by page, in every order", async () => {
    for (const sort of ["username", "name", "last-sign-in"] as const) {
      for (const [descending, size] of [false, true].flatMap((down) =>
        [1, 2, 4, 5].map((rows) => [down, rows] as const),
      )) {
        const all = await listed({ sort, descending });
        expect(await walk({ sort, descending, size }), `${sort} ${String(size)}`).to.deep.equal(all);
      }
    }
  });

  it("are neither repeated nor missed when others come and go between two pages", async () => {
    const extra: TestUser[] = [];
    const seen = await walk({ size: 2 }, async (turn) => {
      // Before, at and after the place where the next page begins; and the row that the token names goes.
      extra.push(await makeUser(stage.services, north, { username: `aa${String(turn)}` }));
      if (turn === 0) {
        await sql("update users set username_key = 'aaa', username = 'aaa' where id = $1", [idOf("bram")]);
      }
    });
    await sql("update users set username_key = 'bram', username = 'bram' where id = $1", [idOf("bram")]);
    await sql("delete from users where id = any($1)", [extra.map(({ id }) => id)]);
    expect(seen).to.deep.equal(["anna", "bram", "chris", "dirk", "eva"]);
  });

  it("T87 are those of the office alone, also to a change that names nobody", async () => {
    expect(names(await page({ search: "zoë" }, null, south))).to.deep.equal(["anna"]);
    const { database } = stage.services;
    const careless = await database.inOffice(south.id, (tx) =>
      tx.query<{ office: string }>({
        name: "careless_last",
        text: ofAllHomes("update last_sign_ins set at = now() returning office_id as office"),
      }),
    );
    expect(careless.map(({ office }) => office)).to.deep.equal([south.id]);
    expect(await database.query({ name: "careless_read", text: ofAllHomes("select from last_sign_ins") })).to
      .be.empty;
  });

  it("T99 are not searched for longer than a few seconds", async () => {
    const fault = await stage.services.database
      .inOffice(north.id, async (tx) => {
        const { limitReads: boundReading } = await import("../../../src/platform/database/limited-reads.ts");
        await boundReading(tx);
        await tx.query({ name: "slow_search", text: "select pg_sleep(9)" });
      })
      .catch((error: unknown) => error);
    expect(fault).to.include({ code: "57014" });
  });

  describe("and the overview", () => {
    it("counts who has what, who is blocked and what waits", async () => {
      const { counts } = await stage.services.lists.overview.find(north.id);
      expect(counts).to.deep.equal({
        ...{ users: 4, disabled: 1, passkey: 0, totp: 0, sms: 1, email: 0, none: 3, overdue: 0 },
        ...{ fewCodes: 1, blocked: 2, pendingNumbers: 1, superusers: 1 },
      });
      const { counts: others } = await stage.services.lists.overview.find(south.id);
      expect(others).to.include({ users: 1, none: 1, blocked: 0 });
    });

    it("shows the text messages of thirty days and of the day's budget", async () => {
      await sql(
        withSeals(`
          insert into audit_events (home, at, office_id, type, outcome, actor) select home_of($1::uuid), now(), $1::uuid, 'sms.sent', 'ok', 'x' from generate_series(1, 3)
          union all select home_of($1::uuid), now() - interval '2 days', $1::uuid, 'sms.sent', 'ok', 'x'
          union all select home_of($1::uuid), now() - interval '20 days', $1::uuid, 'sms.sent', 'ok', 'x'
          union all select home_of($2::uuid), now(), $2::uuid, 'sms.sent', 'ok', 'x'`),
        [north.id, south.id],
      );
      const { scope, key } = stage.services.secondFactor.smsCounter(north.id);
      await sql(
        "insert into rate_limits (home, scope, key, used, window_ends) values ($3, $1, $2, 7, now() + interval '1 hour')",
        [scope, key, homeOfBytes(key)],
      );
      const { sms } = await stage.services.lists.overview.find(north.id);
      expect(sms).to.include({ budget: 500, used: 7 });
      await stage.services.stores.auditSeals.seal(1_000);
      const { days } = await stage.services.stores.overviewDays.ofOffice(north.id);
      expect(days.map(({ messages }) => messages).filter((sent) => sent > 0)).to.deep.equal([1, 1, 3]);
      expect(days.at(-1)?.day).to.equal(new Date(Date.now()).toISOString().slice(0, 10));
    });

    it("names the last important events of the office, the newest first", async () => {
      // One who is disabled already gets no other event.
      await sql("update users set status = 'active' where office_id = $1 and username = 'eva'", [north.id]);
      await stage.services.administration.users.disable(await userOf("eva"), OPERATOR);
      await sql(
        "insert into audit_events (home, at, office_id, type, outcome, actor) values (home_of($1), now(), $1, 'token.reused', 'alarm', 'x'), (home_of($2), now(), $2, 'token.reused', 'alarm', 'x')",
        [...[north.id, south.id]],
      );
      const { events } = await stage.services.lists.overview.find(north.id, 2);
      expect(events.map(({ type, username }) => [type, username])).to.deep.equal([
        ["token.reused", null],
        ["user.disabled", "eva"],
      ]);
    });
  });

  const userOf = async (username: string) => {
    const user = await stage.services.users.findByUsername(north.id, username);
    if (user === null) {
      throw new Error("The user is missing.");
    }
    return user;
  };
});
