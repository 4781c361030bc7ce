import { expect } from "chai";
import { once } from "node:events";
import { createServer } from "node:http";
import { trace } from "@opentelemetry/api";
import { OTLPTraceExporter } from "@opentelemetry/exporter-trace-otlp-proto";
import { InMemorySpanExporter, type ReadableSpan } from "@opentelemetry/sdk-trace";
import { outgoingFetch } from "../../../src/protocol/clients/outgoing-fetch.ts";
import { reportedExporter } from "../../../src/server/tracing/reported-exporter.ts";
import { startTracing } from "../../../src/server/tracing/tracing.ts";
import { captureLog } from "../../support/log-capture.ts";
import { traceHeaders, traceIds } from "../../../src/kernel/trace-ids.ts";
import { statementWork } from "../../../src/platform/database/database.ts";
import { useVestibule } from "../../support/use-vestibule.ts";

const ALL = { service: "vestibule", ratio: 1 };
const TRACE = "4bf92f3577b34da6a3ce929d0e0e4736";
const PARENT = "00f067aa0ba902b7";

describe("traces", () => {
  const world = useVestibule({ office: {}, user: {}, application: {} });

  /** The spans of what runs. */
  async function spansOf(work: () => Promise<unknown>): Promise<ReadableSpan[]> {
    const spans: ReadableSpan[] = [];
    const exporter = new InMemorySpanExporter();
    const keep = exporter.export.bind(exporter);
    exporter.export = (batch, done) => {
      spans.push(...batch);
      keep(batch, done);
    };
    const tracing = startTracing(ALL, world.services.log, exporter);
    try {
      await work();
    } finally {
      await tracing.stop();
    }
    return spans;
  }
  const send = (traceparent: string) =>
    world.browser().send("/authorize?client_id=app_none", { method: "GET", headers: { traceparent } });

  it("have a span for each request, step, statement and hash, below each other", async () => {
    const spans = await spansOf(() => world.signIn(world.browser()));
    const names = spans.map(({ name }) => name);
    expect(names).to.include.members([
      "GET /authorize",
      "POST /interaction/:uid/:page",
      "submit password",
      "hash",
    ]);
    expect(names.some((name) => name.startsWith("statement "))).to.equal(true);
    const request = spans.find(({ name }) => name === "POST /interaction/:uid/:page");
    const step = spans.find(({ name }) => name === "submit password");
    const hash = spans.find(({ name }) => name === "hash");
    expect(step?.parentSpanContext?.spanId).to.equal(request?.spanContext().spanId);
    expect(hash?.parentSpanContext?.spanId).to.equal(step?.spanContext().spanId);
    expect(request?.attributes).to.deep.equal({
      "http.request.method": "POST",
      "http.route": "/interaction/:uid/:page",
      "http.response.status_code": 303,
    });
  });

  it("go on with the trace that a request belongs to, and lead log lines and outgoing calls to it", async () => {
    const lines = captureLog(world.services.log);
    const spans = await spansOf(() => send(`00-${TRACE}-${PARENT}-01`));
    const request = spans.find(({ name }) => name.startsWith("GET "));
    expect(request?.spanContext().traceId).to.equal(TRACE);
    expect(request?.parentSpanContext?.spanId).to.equal(PARENT);
    const line = lines.find(({ msg }) => msg === "an application's request was refused");
    expect(line).to.include({ traceId: TRACE });
    const heard: (string | undefined)[] = [];
    const server = createServer(({ headers }, answer) => {
      heard.push(headers["traceparent"] as string | undefined);
      answer.end("{}");
    }).listen(0, "127.0.0.1");
    await once(server, "listening");
    const { port } = server.address() as { port: number };
    const call = () => outgoingFetch(["127.0.0.1"])(`http://127.0.0.1:${String(port)}/`, {});
    await spansOf(() => statementWork.run({ name: "any" }, call));
    await call();
    server.close();
    expect(heard[0]).to.match(/^00-[0-9a-f]{32}-[0-9a-f]{16}-01$/);
    expect(heard[1]).to.equal(undefined);
  });

  it("T180 take a hostile traceparent for none", async () => {
    const hostile = [
      `00-${"0".repeat(32)}-${PARENT}-01`,
      `00-${TRACE}-${"0".repeat(16)}-01`,
      `ff-${TRACE}-${PARENT}-01`,
      `00-${TRACE}-${PARENT}-01-more`,
      `00-${TRACE.toUpperCase()}-${PARENT}-01`,
      `00-${TRACE}';drop table users-01`,
      "0".repeat(8_000),
    ];
    for (const traceparent of hostile) {
      const spans = await spansOf(async () => {
        expect((await send(traceparent)).status).to.equal(400);
      });
      const request = spans.find(({ name }) => name.startsWith("GET "));
      expect(request?.parentSpanContext, traceparent.slice(0, 80)).to.equal(undefined);
      expect(request?.spanContext().traceId).not.to.equal(TRACE);
    }
  });

  it("T181 have no name, no id, no address and no secret in them", async () => {
    const spans = await spansOf(() => world.signIn(world.browser()));
    const text = JSON.stringify(
      spans.map(({ name, attributes, events, status, links }) => ({
        name,
        attributes,
        events,
        status,
        links,
      })),
    );
    const { username, id, password, office } = world.user;
    for (const secret of [
      username,
      id,
      password,
      office.id,
      office.code,
      world.application.id,
      "127.0.0.1",
    ]) {
      expect(text).not.to.contain(secret);
    }
    expect(spans.every(({ events }) => events.length === 0)).to.equal(true);
  });

  it("T182 keep no sign-in waiting for a collector that never answers", async () => {
    let asked = 0;
    const collector = createServer(() => (asked += 1)).listen(0, "127.0.0.1");
    await once(collector, "listening");
    const { port } = collector.address() as { port: number };
    const url = `http://127.0.0.1:${String(port)}/v1/traces`;
    const tracing = startTracing(ALL, world.services.log, new OTLPTraceExporter({ url }));
    const redirect = await world.signIn(world.browser());
    expect(redirect.searchParams.has("code")).to.equal(true);
    await tracing.stop();
    expect(asked).to.equal(1);
    collector.closeAllConnections();
    collector.close();
  });

  it("that their collector refuses are a line of the log, once until it takes them again", async () => {
    const collector = createServer((_, answer) => {
      answer.writeHead(404).end();
    }).listen(0, "127.0.0.1");
    await once(collector, "listening");
    const { port } = collector.address() as { port: number };
    const url = `http://127.0.0.1:${String(port)}/v1/traces`;
    const lines = captureLog(world.services.log);
    const tracing = startTracing(ALL, world.services.log, new OTLPTraceExporter({ url }));
    await send(`00-${TRACE}-${PARENT}-01`);
    await tracing.stop();
    collector.close();
    const about = () => lines.filter(({ msg }) => msg?.startsWith("traces ") === true);
    expect(about().map(({ level, msg }) => [level, msg])).to.deep.equal([
      ["warn", "traces do not reach their collector, and are dropped"],
    ]);
    expect(about()[0]).to.have.nested.property("error.message", "Not Found");

    lines.length = 0;
    const [up, down] = [new InMemorySpanExporter(), new InMemorySpanExporter()];
    await down.shutdown();
    let inner = down;
    const exporter = reportedExporter(
      {
        export: (spans, done) => {
          inner.export(spans, done);
        },
        shutdown: () => Promise.resolve(),
      },
      world.services.log,
    );
    for (inner of [down, down, up, up, down]) {
      await new Promise((resolve) => {
        exporter.export([], resolve);
      });
    }
    expect(about().map(({ level }) => level)).to.deep.equal(["warn", "info", "warn"]);
  });

  it("are no part of what runs without them", async () => {
    expect(traceIds()).to.equal(null);
    expect(traceHeaders()).to.deep.equal({});
    expect(trace.getActiveSpan()).to.equal(undefined);
    const lines = captureLog(world.services.log);
    await send(`00-${TRACE}-${PARENT}-01`);
    expect(lines).not.to.deep.equal([]);
    expect(lines.every((line) => !("traceId" in line))).to.equal(true);
  });
});
