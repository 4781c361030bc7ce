import { expect } from "chai";
import { ApiError, type Operations } from "../../client/index.ts";
import type { Operation } from "../../src/api/operation.ts";
import { OPERATIONS } from "../../src/api/operations.ts";
import { API_PATH } from "../../src/domain/applications/own-application.ts";
import { openApiDocument } from "../../src/api/openapi.ts";
import { makeThings, sampleOf, type Sample, type Things } from "../support/api-samples.ts";
import { typedClient } from "../support/typed-client.ts";
import { faultsIn } from "../support/typed-source.ts";
import { useVestibule } from "../support/use-vestibule.ts";

type Json = Readonly<Record<string, unknown>>;
type Methods = Readonly<
  Record<string, Readonly<Record<string, (request: Json) => Promise<{ readonly body: unknown }>>>>
>;

describe("the types of the typed client", function () {
  this.timeout(180_000);
  const world = useVestibule({ settings: { VESTIBULE_API_PER_MINUTE: "100000" }, office: {} });
  const { paths } = openApiDocument(OPERATIONS, { issuer: "https://id.test", productName: "Test" }) as {
    readonly paths: Readonly<
      Record<string, Readonly<Record<string, { readonly parameters: readonly Parameter[] }>>>
    >;
  };

  it("take the right requests and real answers of every operation, and no request that lacks something", async () => {
    const client = await typedClient(world, null);
    const lines = ['import type { Operations } from "./index.ts";', "declare const client: Operations;"];
    const wrong = new Map<number, string>();
    let things: Things | null = null;
    for (const operation of OPERATIONS.filter(({ scope }) => scope !== null)) {
      // What was changed may be in a state that the next one cannot be about.
      things = operation.method === "GET" && things !== null ? things : await makeThings(world, world.office);
      const request = requestOf(operation, things);
      // Some of the samples are right, and not possible in the state of their things.
      const answer = await methodOf(
        client,
        operation,
      )(request).catch((error: unknown) => {
        expect(error, operation.name).to.be.instanceOf(ApiError);
        return null;
      });
      const place = placeOf(operation).join(".");
      lines.push(`void client.${place}(${JSON.stringify(request)});`);
      if (answer !== null) {
        const method = `Operations${placeOf(operation)
          .map((name) => `["${name}"]`)
          .join("")}`;
        lines.push(`void (${JSON.stringify(answer.body)} satisfies Awaited<ReturnType<${method}>>["body"]);`);
      }
      for (const broken of brokenFrom(request)) {
        wrong.set(lines.length, `${place} ${JSON.stringify(broken)}`);
        lines.push(`void client.${place}(${JSON.stringify(broken)});`);
      }
    }
    const faults = faultsIn(lines.join("\n"));
    const ofRight = [...faults].filter(([line]) => !wrong.has(line));
    expect(ofRight.map(([line, fault]) => `${lines[line] ?? ""}: ${fault}`)).to.deep.equal([]);
    expect([...wrong].filter(([line]) => !faults.has(line)).map(([, text]) => text)).to.deep.equal([]);
    expect(wrong.size).to.be.above(100);
    expect(lines.filter((line) => line.includes("satisfies"))).to.have.length.above(60);
  });

  interface Parameter {
    readonly name: string;
    readonly in: string;
    readonly schema: Json;
  }

  /** What the client is given for a sample. */
  function requestOf(operation: Operation, things: Things): Json {
    const { path, query, body, headers }: Sample = sampleOf(operation, things);
    const { parameters = [] } = paths[operation.path]?.[operation.method.toLowerCase()] ?? {};
    const segments = path.slice(API_PATH.length).split("/");
    const inPath = operation.path.split("/").flatMap((segment, place) => {
      const name = /^\{(\w+)\}$/.exec(segment)?.[1];
      return name === undefined ? [] : [[name, segments[place]] as const];
    });
    const inQuery = Object.entries(query).map(([name, text]) => {
      const { schema = {} } = parameters.find((each) => each.in === "query" && each.name === name) ?? {};
      const isOther = schema["type"] === "integer" || String(schema["enum"]) === "true,false";
      return [name, isOther ? (JSON.parse(text) as unknown) : text] as const;
    });
    return {
      ...Object.fromEntries(inPath),
      ...Object.fromEntries(inQuery),
      ...(headers["if-match"] === undefined ? {} : { ifMatch: headers["if-match"] }),
      ...(operation.takesFile.length === 0
        ? body === undefined
          ? {}
          : { body }
        : { file: body, fileType: headers["content-type"] }),
    };
  }

  /** Without one of the things it needs, of another kind, and with one that there is not. */
  function* brokenFrom(request: Json): Generator<Json, void> {
    const needed = ["office", "user", "ifMatch", "file", "reason"].filter((name) => name in request);
    for (const name of needed) {
      yield Object.fromEntries(Object.entries(request).filter(([each]) => each !== name));
      yield { ...request, [name]: 7 };
    }
    yield { ...request, unknown: true };
    const { body } = request;
    if (typeof body === "object") {
      yield { ...request, body: { ...body, unknown: true } };
      yield { ...request, body: "text" };
    }
  }
});

const placeOf = ({ name }: Operation): string[] =>
  name.split(".").map((part) => part.replaceAll(/-(.)/g, (_, letter: string) => letter.toUpperCase()));

function methodOf(client: Operations, operation: Operation): Methods[string][string] {
  const [group = "", name = ""] = placeOf(operation);
  const found = (client as unknown as Methods)[group]?.[name];
  if (found === undefined) {
    throw new Error(`The client has no ${operation.name}.`);
  }
  return found;
}
