import { expect } from "chai";
import { ApiError, createClient, TokenError, type ClientSettings } from "../../client/index.ts";
import { FAKE, fakeFetch, problem, type Sent } from "../support/typed-client.ts";

const NOW = { "retry-after": "0" };
const UNAVAILABLE = () => problem(503, { code: "unavailable" }, NOW);
const TOO_MANY = () => problem(429, { code: "too-many-requests" }, NOW);
const ID = { office: "o", user: "u" };
const DONE = () => new Response(null, { status: 204 });

describe("the typed client tries again", () => {
  const serverOf = (answer: Parameters<typeof fakeFetch>[0], further: Partial<ClientSettings> = {}) => {
    const server = fakeFetch(answer);
    return { ...server, client: createClient({ ...FAKE, fetch: server.fetch, ...further }) };
  };
  const thrownBy = (work: Promise<unknown>): Promise<unknown> =>
    work.then(
      () => null,
      (error: unknown) => error,
    );
  const keysOf = (sent: readonly Sent[]) => sent.map(({ headers }) => headers.get("idempotency-key"));
  const once = (first: () => Response) => (_: Sent, count: number) => (count === 1 ? first() : DONE());

  it("after 429, whatever was asked: nothing was done", async () => {
    const { client, sent } = serverOf((_, count) => (count % 2 === 1 ? TOO_MANY() : DONE()));
    await client.users.delete({ ...ID, reason: "left" });
    await client.users.change({ ...ID, ifMatch: "*", body: {} });
    await client.imports.add({ office: "o", file: "x", fileType: "text/csv" });
    expect(sent.map(({ method }) => method)).to.deep.equal([
      ...["DELETE", "DELETE", "PATCH", "PATCH", "POST", "POST"],
    ]);
  });

  it("after 503 and without an answer, where a repetition has no second effect", async () => {
    for (const first of [UNAVAILABLE, lost, () => problem(502, {})]) {
      const { client, sent } = serverOf(once(first));
      await client.users.list({ office: "o" });
      expect(sent, "GET").to.have.length(2);
    }
    const { client, sent } = serverOf(once(UNAVAILABLE));
    await client.number.enter({ ...ID, body: { number: "1", reason: "x" } });
    expect(sent, "PUT").to.have.length(2);
  });

  it("with the same Idempotency-Key, also while the first try still runs", async () => {
    const running = () => problem(409, { code: "request-in-progress" }, NOW);
    const answers = [lost, running, UNAVAILABLE, DONE];
    const { client, sent } = serverOf((_, count) => (answers[count - 1] ?? DONE)());
    await client.users.disable(ID);
    expect(sent).to.have.length(4);
    expect(new Set(keysOf(sent)).size).to.equal(1);
    await client.users.disable({ ...ID, idempotencyKey: "own" });
    expect(keysOf(sent).at(-1)).to.equal("own");
  });

  it("never where the answer would be as if another had come first", async () => {
    for (const first of [UNAVAILABLE, lost]) {
      const { client, sent } = serverOf(once(first));
      for (const call of [
        () => client.users.delete({ ...ID, reason: "left" }),
        () => client.users.change({ ...ID, ifMatch: "*", body: {} }),
        () => client.imports.add({ office: "o", file: "x", fileType: "text/csv" }),
      ]) {
        sent.length = 0;
        expect(await thrownBy(call())).to.be.instanceOf(Error);
        expect(sent).to.have.length(1);
      }
    }
  });

  it("as often as its settings say, and not where the pause is too long", async () => {
    const { client, sent } = serverOf(UNAVAILABLE, { tries: 3 });
    expect(await thrownBy(client.users.list({ office: "o" }))).to.include({
      status: 503,
      code: "unavailable",
    });
    expect(sent).to.have.length(3);
    const later = new Date(Date.now() + 3_600_000).toUTCString();
    for (const pause of ["3600", later]) {
      const hour = serverOf(() => problem(503, { code: "unavailable" }, { "retry-after": pause }));
      expect(await thrownBy(hour.client.users.list({ office: "o" }))).to.include({ status: 503 });
      expect(hour.sent).to.have.length(1);
    }
  });

  it("until its caller ends it", async () => {
    const ended = new AbortController();
    const { client, sent } = serverOf(() => {
      ended.abort();
      return problem(503, { code: "unavailable" }, { "retry-after": "60" });
    });
    const error = await thrownBy(client.users.list({ office: "o" }, { signal: ended.signal }));
    expect(error).to.have.property("name", "AbortError");
    expect(sent).to.have.length(1);
  });

  it("never after an answer that the caller has to mend", async () => {
    for (const [status, code] of [
      [400, "invalid-fields"],
      [409, "username-taken"],
      [412, "stale-version"],
      [500, "internal"],
    ] as const) {
      const { client, sent } = serverOf(() => problem(status, { code }));
      const error = await thrownBy(client.users.disable(ID));
      expect(error).to.be.instanceOf(ApiError).and.to.include({ status, code, field: null });
      expect(sent).to.have.length(1);
    }
  });

  it("with another token where the first was refused, and once", async () => {
    const refused = () => problem(401, { code: "invalid-token" });
    const { client, sent, tokens } = serverOf(once(refused));
    await client.users.list({ office: "o" });
    expect(sent.map(({ headers }) => headers.get("authorization"))).to.deep.equal([
      ...["Bearer token-1", "Bearer token-2"],
    ]);
    await Promise.all(Array.from({ length: 5 }, () => client.users.list({ office: "o" })));
    expect(tokens).to.have.length(2);
    const never = serverOf(refused);
    expect(await thrownBy(never.client.users.list({ office: "o" }))).to.include({ code: "invalid-token" });
    expect(never.sent).to.have.length(2);
  });

  it("asks for one token for parallel callers, and for another when it has ended", async () => {
    let asked = 0;
    let lasts = 900;
    const fetch = (url: string) => {
      asked += url.endsWith("/token") ? 1 : 0;
      return Promise.resolve(Response.json({ access_token: "x", expires_in: lasts, items: [] }));
    };
    const client = createClient({ ...FAKE, fetch });
    const list = () => client.users.list({ office: "o" });
    await Promise.all([list(), list(), list()]);
    await list();
    expect(asked).to.equal(1);
    lasts = 0;
    const brief = createClient({ ...FAKE, fetch });
    await brief.users.list({ office: "o" });
    await Promise.all([brief.users.list({ office: "o" }), brief.users.list({ office: "o" })]);
    expect(asked).to.equal(3);
  });

  it("says why no token was given, and asks again at the next call", async () => {
    const { fetch } = fakeFetch(DONE);
    let isRefusing = true;
    const client = createClient({
      ...FAKE,
      fetch: (url, init) =>
        url.endsWith("/token") && isRefusing
          ? Promise.resolve(Response.json({ error: "invalid_client" }, { status: 401 }))
          : fetch(url, init),
    });
    const errors = await Promise.all([1, 2].map(() => thrownBy(client.users.disable(ID))));
    errors.forEach((error) =>
      expect(error).to.be.instanceOf(TokenError).and.to.include({ status: 401, code: "invalid_client" }),
    );
    isRefusing = false;
    await client.users.disable(ID);
  });

  it("takes what is no problem of Vestibule for an error without a code", async () => {
    const { client } = serverOf(() => new Response("<h1>Bad gateway</h1>", { status: 403 }));
    const error = await thrownBy(client.users.list({ office: "o" }));
    expect(error).to.be.instanceOf(ApiError).and.to.include({ status: 403, code: null, requestId: null });
  });
});

function lost(): never {
  throw new TypeError("fetch failed");
}
