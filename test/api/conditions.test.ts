import { expect } from "chai";
import { openApiDocument } from "../../src/api/openapi.ts";
import { OPERATIONS } from "../../src/api/operations.ts";
import { apiClient, type ApiAnswer, type ApiClient } from "../support/api-client.ts";
import { asOwner } from "../support/database.ts";
import { onceMade } from "../support/suite-resource.ts";
import { useVestibule } from "../support/use-vestibule.ts";

const WEBHOOK = { name: "Directory", url: "https://hooks.example/events", types: ["user.added"] };

describe("conditions of requests to the management API", function () {
  this.timeout(60_000);
  const settings = { VESTIBULE_API_PER_MINUTE: "100000", VESTIBULE_MESSAGE_WORKERS: "no" };
  const world = useVestibule({ settings, user: {} });
  let made: { api: ApiClient; places: readonly string[] } | null = null;
  const stage = onceMade(() => made);
  const etagOf = ({ headers }: ApiAnswer) => String(headers["etag"]);
  const coded = ({ status, body }: ApiAnswer) => ({ status, code: body["code"] });
  const STALE = { status: 412, code: "stale-version" };

  before(async () => {
    const api = await apiClient(world, null);
    const office = `/offices/${world.office.id}`;
    const webhook = await api.post(`${office}/webhooks`, WEBHOOK);
    const application = await world.makeApplication({}, world.office.id);
    const places = [
      ...[office, `${office}/users/${world.user.id}`, `/applications/${application.id}`],
      `${office}/webhooks/${String(webhook.body["id"])}`,
    ];
    made = { api, places };
  });

  it("T175 take one of several tags, with anything that a tag may have, and compare it strongly", async () => {
    const { api, places } = stage;
    for (const [index, path] of places.entries()) {
      const tag = etagOf(await api.get(path));
      const name = (text: string) => ({ name: `${text} ${String(index)}` });
      const patch = (text: string, ifMatch: string) => api.patch(path, name(text), ifMatch);
      const stale = [
        ...[`W/${tag}`, `"other", W/${tag}`, `"other"`, `"a,${tag.slice(1)}`, `${tag.slice(0, -1)},"`],
        ...[`*, ${tag}`, `${tag} "other"`, tag.slice(1, -1), `"other", *`],
      ];
      for (const each of stale) {
        expect(coded(await patch("Stale", each)), `${path} ${each}`).to.deep.equal(STALE);
      }
      expect(etagOf(await api.get(path)), path).to.equal(tag);
      const first = await patch("First", `"other", ${tag}`);
      expect(first.status, `${path} ${JSON.stringify(first.body)}`).to.equal(200);
      for (const [text, list] of [
        ["Second", (now: string) => `${now},"other"`],
        ["Third", (now: string) => `"a,b" , ,W/"c",\t${now}`],
        ["Fourth", () => "*"],
      ] as const) {
        const now = etagOf(await api.get(path));
        expect((await patch(text, list(now))).status, `${path} ${text}`).to.equal(200);
      }
      expect(coded(await patch("Fifth", tag)), path).to.deep.equal(STALE);
    }
  });

  it("T175 of another request than a change by version are refused, and not left out of account", async () => {
    const { api, places } = stage;
    const [office, user] = places;
    for (const [method, path] of [
      ["DELETE", `${String(user)}?reason=left`],
      ["POST", `${String(user)}/disable`],
      ["POST", `${String(office)}/users`],
    ] as const) {
      for (const name of ["If-Match", "If-None-Match"]) {
        const body = path.endsWith("/users") ? { username: "new", name: "New" } : undefined;
        const refused = await api.call(method, path, { body, headers: { [name]: '"other"' } });
        expect(coded(refused), `${method} ${path} ${name}`).to.deep.equal({
          status: 400,
          code: "invalid-fields",
        });
        expect(refused.body["errors"], name).to.have.nested.property("[0].field", name);
      }
    }
    expect((await api.get(String(user))).body).to.include({ status: "active" });
  });

  it("answer a read of what is known already with 304, its tag and no body", async () => {
    const { api, places } = stage;
    for (const path of places) {
      const tag = etagOf(await api.get(path));
      const known = [tag, `W/${tag}`, `"other", ${tag}`, `W/"other",W/${tag}`, "*"];
      const asked = known.flatMap((each) => [["GET", each] as const, ["HEAD", each] as const]);
      for (const [method, each] of asked) {
        const answer = await api.call(method, path, { headers: { "if-none-match": each } });
        expect(answer.status, `${method} ${path} ${each}`).to.equal(304);
        expect(answer.text).to.equal("");
        expect(etagOf(answer)).to.equal(tag);
        expect(answer.headers).to.not.have.property("content-type");
        expect(answer.headers).to.have.property("ratelimit-remaining");
      }
      for (const other of [`"other"`, tag.slice(1, -1), `"a,${tag.slice(1)}`, `*, "other"`, ""]) {
        const answer = await api.get(path, { "if-none-match": other });
        expect(answer.status, `${path} ${other}`).to.equal(200);
        expect(etagOf(answer)).to.equal(tag);
      }
    }
    const [office] = places;
    const unknown = `${String(office)}/users/00000000-0000-4000-8000-000000000000`;
    expect((await api.get(unknown, { "if-none-match": "*" })).status).to.equal(404);
    const list = await api.get(`${String(office)}/users`, { "if-none-match": "*" });
    expect(list.status, "a list has no tag").to.equal(200);
  });

  it("T175 name a read by all that it shows, and a change by what people choose", async () => {
    const { api, places } = stage;
    const [office, user, application, webhook] = places.map(String);
    const changes = [
      [user, "update users set mail_proved = mail, mail_proved_at = now()"],
      [webhook, "update webhooks set failing_since = now()"],
    ] as const;
    for (const [path = "", statement] of changes) {
      const before = etagOf(await api.get(path));
      await asOwner(world.database, statement);
      const after = await api.get(path, { "if-none-match": before });
      expect(after.status, path).to.equal(200);
      expect(etagOf(after), path).to.not.equal(before);
      expect((await api.patch(path, { name: "Chosen" }, before)).status, "no conflict").to.equal(200);
    }
    for (const path of [office, application]) {
      const read = await api.get(String(path));
      expect(etagOf(await api.get(String(path)))).to.equal(etagOf(read));
    }
  });

  it("T177 are in the OpenAPI document: who takes them, and that a read may answer 304", () => {
    const document = openApiDocument(OPERATIONS, { issuer: "https://id.example.com", productName: "Test" });
    type Documented = Record<"parameters", { name: string; required: boolean }[]> &
      Record<"responses", Record<string, { headers?: object; content?: object }>>;
    const paths = document["paths"] as Record<string, Record<string, Documented>>;
    for (const { path, method, hasVersion, takesVersion } of OPERATIONS) {
      const { parameters, responses } = paths[path]?.[method.toLowerCase()] ?? {
        parameters: [],
        responses: {},
      };
      const isRead = method === "GET" && hasVersion;
      const header = (name: string) => parameters.find((each) => each.name === name);
      expect(header("If-None-Match")?.required, path).to.equal(isRead ? false : undefined);
      expect(header("If-Match")?.required, path).to.equal(takesVersion ? true : undefined);
      expect("304" in responses, path).to.equal(isRead);
      if (isRead) {
        expect(responses["304"]?.headers, path).to.have.property("ETag");
        expect(responses["304"], path).to.not.have.property("content");
      }
    }
  });
});
