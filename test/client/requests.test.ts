import { expect } from "chai";
import { createClient, type Operations } from "../../client/index.ts";
import { openApiDocument } from "../../src/api/openapi.ts";
import { OPERATIONS } from "../../src/api/operations.ts";
import { API_PATH } from "../../src/domain/applications/own-application.ts";
import { seeded } from "../support/seeded.ts";
import { FAKE, fakeFetch } from "../support/typed-client.ts";

interface Documented {
  readonly operationId: string;
  readonly parameters: readonly { readonly name: string; readonly in: string }[];
  readonly requestBody?: { readonly content: Readonly<Record<string, unknown>> };
  readonly responses: Readonly<Record<string, unknown>>;
}

type AnyMethod = (request: Readonly<Record<string, unknown>>) => Promise<unknown>;

const ROUNDS = 5;
const STRANGE = ["plain", "ä/b?c#d&e=f", "../x", "%2e%2e", "a b+c", "null", "🙂", "\u0000"];

describe("a request of the typed client", () => {
  const { paths } = openApiDocument(OPERATIONS, { issuer: "https://id.test", productName: "Test" }) as {
    readonly paths: Readonly<Record<string, Readonly<Record<string, Documented>>>>;
  };
  const documented = Object.entries(paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, operation]) => ({ path, method: method.toUpperCase(), operation })),
  );
  const forPrograms = documented.filter(({ operation: { responses } }) =>
    Object.keys(responses).some((status) => status.startsWith("2")),
  );
  const random = seeded();
  const pick = (): string => STRANGE[Math.floor(random.next() * STRANGE.length)] ?? "";
  const camel = (name: string) => name.replaceAll(/-(.)/g, (_, letter: string) => letter.toUpperCase());
  const server = fakeFetch(() => Response.json({}));
  const client = createClient({ ...FAKE, fetch: server.fetch });

  function methodFor(of: Operations, { operationId }: Documented): AnyMethod {
    const [group = "", name = ""] = operationId.split(".").map(camel);
    const methods = new Map(Object.entries(of)).get(group) as Record<string, AnyMethod> | undefined;
    const found = methods?.[name];
    if (found === undefined) {
      throw new Error(`The client has no ${group}.${name}.`);
    }
    return found;
  }

  it("has a method for every operation of the document that answers programs, and no other", () => {
    forPrograms.forEach(({ operation }) => expect(methodFor(client, operation)).to.be.a("function"));
    const methods = Object.values(client).flatMap((group: object) => Object.keys(group));
    expect(methods).to.have.length(forPrograms.length);
    expect(forPrograms.length)
      .to.be.above(60)
      .and.equal(documented.length - 1);
  });

  it(`is what the document says, with any values (seed ${String(random.seed)})`, async () => {
    const keys = new Set<string>();
    let posts = 0;
    for (const { path, method, operation } of forPrograms) {
      for (let round = 0; round < ROUNDS; round += 1) {
        const { parameters, requestBody } = operation;
        const named = (where: string) =>
          parameters.filter((each) => each.in === where).map(({ name }) => name);
        const values = (where: string) => Object.fromEntries(named(where).map((name) => [name, pick()]));
        const [inPath, query, text] = [values("path"), values("query"), pick()];
        const [type] = Object.keys(requestBody?.content ?? {});
        const isJson = type === "application/json";
        const given = {
          ...{ ...inPath, ...query, absent: null, missing: undefined },
          ...(named("header").includes("If-Match") ? { ifMatch: `"${String(round)}"` } : {}),
          ...(named("header").includes("Prefer") ? { dryRun: true } : {}),
          ...(type === undefined ? {} : isJson ? { body: { text } } : { file: text, fileType: type }),
        };
        await methodFor(client, operation)(given);
        const sent = server.sent.at(-1);
        const what = operation.operationId;
        expect(sent?.method, what).to.equal(method);
        const expected = path.replaceAll(/\{(\w+)\}/g, (_, name: string) =>
          encodeURIComponent(inPath[name] ?? ""),
        );
        expect(sent?.url.pathname, what).to.equal(`${API_PATH}${expected}`);
        expect(Object.fromEntries(sent?.url.searchParams ?? []), what).to.deep.equal(query);
        expect(sent?.headers.get("authorization"), what).to.match(/^Bearer token-/);
        expect(sent?.headers.get("content-type"), what).to.equal(type ?? null);
        expect(sent?.body, what).to.equal(
          type === undefined ? null : isJson ? JSON.stringify({ text }) : text,
        );
        expect(sent?.headers.has("if-match"), what).to.equal(named("header").includes("If-Match"));
        expect(sent?.headers.has("prefer"), what).to.equal(named("header").includes("Prefer"));
        const key = sent?.headers.get("idempotency-key") ?? null;
        expect(key !== null, what).to.equal(named("header").includes("Idempotency-Key"));
        posts += key === null ? 0 : 1;
        keys.add(key ?? "");
      }
    }
    expect(keys.size - 1, "a key of its own for each").to.equal(posts);
    expect(server.tokens, "one token for all").to.have.length(1);
  });

  it("is refused before it is sent where an id would make the address of another operation", async () => {
    const before = server.sent.length;
    for (const session of ["", ".", ".."]) {
      const error: unknown = await client.sessions
        .endOne({ office: "o", user: "u", session })
        .catch((thrown: unknown) => thrown);
      expect(error).to.be.instanceOf(TypeError).with.property("message").that.contains("session");
    }
    expect(server.sent).to.have.length(before);
  });

  it("asks for its token with the application's id and secret, for this API alone", () => {
    const [token] = server.tokens;
    expect(token?.url.href).to.equal("https://id.test/token");
    expect(token?.headers.get("authorization")).to.equal(`Basic ${btoa("app_x:a%3Ab%26c")}`);
    const fields = Object.fromEntries(token?.body instanceof URLSearchParams ? token.body : []);
    expect(fields).to.deep.equal({
      ...{ grant_type: "client_credentials", resource: "https://id.test/api/v1", scope: "users:read" },
    });
  });
});
