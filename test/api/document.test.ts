import { expect } from "chai";
import { z } from "zod";
import { OPERATIONS } from "../../src/api/operations.ts";
import type { Operation } from "../../src/api/operation.ts";
import { API_PATH } from "../../src/domain/applications/own-application.ts";
import { apiClient, type ApiAnswer, type ApiClient } from "../support/api-client.ts";
import { makeThings, sampleOf, type Things } from "../support/api-samples.ts";
import { routesOf } from "../support/routes.ts";
import { seeded } from "../support/seeded.ts";
import { onceMade } from "../support/suite-resource.ts";
import { useVestibule } from "../support/use-vestibule.ts";

type Json = Readonly<Record<string, unknown>>;

interface Documented {
  readonly operationId: string;
  readonly security: readonly Json[];
  readonly parameters: readonly { readonly name: string; readonly in: string; readonly required: boolean }[];
  readonly requestBody?: { readonly content: Readonly<Record<string, { readonly schema: Json }>> };
  readonly responses: Readonly<
    Record<string, { readonly content?: Readonly<Record<string, { readonly schema: Json }>> }>
  >;
}

interface Document {
  readonly openapi: string;
  readonly paths: Readonly<Record<string, Readonly<Record<string, Documented>>>>;
  readonly components: { readonly schemas: Readonly<Record<string, Json>> };
}

const ROUNDS = 6;

describe("the OpenAPI document of the management API", function () {
  this.timeout(60_000);
  const world = useVestibule({ settings: { VESTIBULE_API_PER_MINUTE: "100000" }, user: {} });
  let made: { document: Document; client: ApiClient } | null = null;
  const stage = onceMade(() => made);
  const random = seeded(177);

  before(async () => {
    const { body } = await world.browser().get(`${API_PATH}/openapi.json`);
    made = { document: JSON.parse(body) as Document, client: await apiClient(world, null) };
  });

  const documented = ({ path, method }: Operation): Documented | undefined =>
    stage.document.paths[path]?.[method.toLowerCase()];

  it("T177 has every route of the server, and no other", async () => {
    const routes = (await routesOf(world)).filter((route) => route.includes(` ${API_PATH}/`));
    const ofDocument = Object.entries(stage.document.paths).flatMap(([path, item]) =>
      Object.keys(item).map(
        (method) => `${method.toUpperCase()} ${API_PATH}${path.replaceAll(/\{(\w+)\}/g, ":$1")}`,
      ),
    );
    expect(routes).to.have.members([...ofDocument, `GET ${API_PATH}/openapi.json`]);
    expect(stage.document.openapi).to.equal("3.1.0");
  });

  it("T177 names each operation once, with its scope and the parameters of its path", () => {
    const names = OPERATIONS.map((operation) => documented(operation)?.operationId);
    expect(names).to.deep.equal(OPERATIONS.map(({ name }) => name));
    expect(new Set(names).size).to.equal(OPERATIONS.length);
    for (const operation of OPERATIONS) {
      const { security, parameters } = documented(operation) ?? { security: [], parameters: [] };
      expect(security, operation.name).to.deep.equal([
        { clientCredentials: operation.scope === null ? [] : [operation.scope] },
      ]);
      const inPath = [...operation.path.matchAll(/\{(\w+)\}/g)].map(([, name]) => name);
      expect(parameters.filter((each) => each.in === "path").map(({ name }) => name)).to.deep.equal(inPath);
    }
  });

  it(`T177 is what right requests are answered by (seed ${String(random.seed)})`, async () => {
    for (const operation of OPERATIONS) {
      const sample = sampleOf(operation, await makeThings(world, world.office));
      judge(operation, await send({ ...sample, method: operation.method }));
    }
  });

  it(`T177 is what generated requests are answered by, right and wrong ones (seed ${String(random.seed)})`, async () => {
    const seen = new Map<number, number>();
    for (const operation of OPERATIONS) {
      const things = await makeThings(world, await world.makeOffice());
      for (let round = 0; round < ROUNDS; round += 1) {
        const answer = await send(generated(operation, things));
        judge(operation, answer);
        seen.set(answer.status, (seen.get(answer.status) ?? 0) + 1);
      }
    }
    expect(seen.get(200) ?? 0, "answered").to.be.greaterThan(10);
    expect(seen.get(400) ?? 0, "refused").to.be.greaterThan(10);
    expect([...seen.keys()].filter((status) => status >= 500)).to.deep.equal([]);
  });

  async function send({ path, query, body, headers, method }: Sent): Promise<ApiAnswer> {
    const search = new URLSearchParams(query).toString();
    const address = `${path.slice(API_PATH.length)}${search === "" ? "" : `?${search}`}`;
    return stage.client.call(method, address, { body, headers });
  }

  /** Whether the document has this answer, with exactly these fields. */
  function judge(operation: Operation, { status, body, text, headers }: ApiAnswer): void {
    const what = `${operation.name} ${String(status)} ${JSON.stringify(body)}`;
    const found = documented(operation)?.responses[String(status)];
    expect(found, what).to.not.equal(undefined);
    const type = String(headers["content-type"] ?? "").split(";")[0] ?? "";
    const schema = found?.content?.[type]?.schema;
    if (found?.content === undefined) {
      expect(body, what).to.deep.equal({});
      return;
    }
    expect(schema, `${what} as ${type}`).to.not.equal(undefined);
    const resolved = schema?.["$ref"] === undefined ? schema : stage.document.components.schemas["Problem"];
    const parsed = z.fromJSONSchema(resolved ?? {}).safeParse(type.endsWith("json") ? body : text);
    expect(parsed.error?.issues ?? [], what).to.deep.equal([]);
  }

  interface Sent {
    readonly method: string;
    readonly path: string;
    readonly query: Readonly<Record<string, string>>;
    readonly body: unknown;
    readonly headers: Readonly<Record<string, string>>;
  }

  /** The right request with values of the document's own kinds in it, some of them of another kind. */
  function generated(operation: Operation, things: Things): Sent {
    const sample = sampleOf(operation, things);
    const schema = documented(operation)?.requestBody?.content["application/json"]?.schema;
    const properties = Object.entries((schema?.["properties"] ?? {}) as Record<string, Json>);
    const [name = "unknown", of = {}] = pick(properties) ?? [];
    const body = schema === undefined ? sample.body : { ...(sample.body as Json), [name]: valueOf(of) };
    const parameters = documented(operation)?.parameters.filter((each) => each.in === "query") ?? [];
    const parameter = pick(parameters);
    const query = parameter === undefined ? {} : { [parameter.name]: String(valueOf({})) };
    return { ...sample, method: operation.method, body, query: { ...sample.query, ...query } };
  }

  const pick = <Item>(items: readonly Item[]): Item | undefined =>
    items[Math.floor(random.next() * items.length)];

  function valueOf(schema: Json): unknown {
    const choices: unknown = schema["enum"];
    const own: unknown = Array.isArray(choices)
      ? pick<unknown>(choices)
      : { string: "Some words", integer: 7, number: 7, boolean: true, array: [], object: {} }[
          String(schema["type"])
        ];
    return pick([
      own ?? "word",
      own ?? null,
      null,
      "",
      -1,
      1e9,
      true,
      [],
      {},
      ["x"],
      "\u0000",
      "é".repeat(300),
    ]);
  }
});
