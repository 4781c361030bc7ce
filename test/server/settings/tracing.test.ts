import { expect } from "chai";
import { readSettings } from "../../../src/server/settings/settings.ts";

const read = (given: Record<string, string>) => readSettings({ NODE_ENV: "test", ...given }).tracing;
const endpoint = { OTEL_EXPORTER_OTLP_ENDPOINT: "http://collector.example:4318" };

describe("the variables that switch traces on", () => {
  it("are an endpoint, and nothing else", () => {
    expect(read({})).to.equal(null);
    expect(read({ OTEL_SERVICE_NAME: "id" })).to.equal(null);
    expect(read(endpoint)).to.deep.equal({ service: "vestibule", ratio: 1 });
    expect(read({ OTEL_EXPORTER_OTLP_TRACES_ENDPOINT: "http://a.example/v1/traces" })).not.to.equal(null);
  });

  it("switch them off again", () => {
    expect(read({ ...endpoint, OTEL_SDK_DISABLED: "true" })).to.equal(null);
    expect(read({ ...endpoint, OTEL_SDK_DISABLED: "TRUE" })).to.equal(null);
    expect(read({ ...endpoint, OTEL_TRACES_EXPORTER: "none" })).to.equal(null);
  });

  it("count as not set when they are empty", () => {
    const empty = {
      ...{ OTEL_SERVICE_NAME: "", OTEL_SDK_DISABLED: "", OTEL_TRACES_EXPORTER: "" },
      ...{ OTEL_TRACES_SAMPLER: "traceidratio", OTEL_TRACES_SAMPLER_ARG: "" },
    };
    expect(read({ ...endpoint, ...empty })).to.deep.equal({ service: "vestibule", ratio: 1 });
    expect(read({ OTEL_EXPORTER_OTLP_ENDPOINT: "" })).to.equal(null);
  });

  it("say which part of them is exported", () => {
    const ratio = (sampler: string, argument: string) =>
      read({ ...endpoint, OTEL_TRACES_SAMPLER: sampler, OTEL_TRACES_SAMPLER_ARG: argument })?.ratio;
    expect(ratio("parentbased_traceidratio", "0.25")).to.equal(0.25);
    expect(ratio("traceidratio", "a lot")).to.equal(1);
    expect(ratio("always_off", "1")).to.equal(0);
    expect(ratio("always_on", "0.1")).to.equal(1);
  });
});
