import { expect } from "chai";
import {
  mergeMetrics,
  whatRemains,
  type MetricPoints,
} from "../../../src/platform/processes/merge-metrics.ts";

const counter = (value: number, route = "/"): MetricPoints => ({
  descriptor: { name: "requests" },
  dataPointType: 3,
  isMonotonic: true,
  dataPoints: [{ attributes: { route, method: "GET" }, value }],
});
const used = (value: number): MetricPoints => ({
  ...{ descriptor: { name: "used" }, dataPointType: 3, isMonotonic: false },
  dataPoints: [{ attributes: {}, value }],
});
const age = (value: number): MetricPoints => ({
  ...{ descriptor: { name: "age" }, dataPointType: 2 },
  dataPoints: [{ attributes: {}, value }],
});
const times = (counts: number[], sum: number): MetricPoints => ({
  ...{ descriptor: { name: "seconds" }, dataPointType: 0 },
  dataPoints: [
    {
      attributes: {},
      value: { buckets: { boundaries: [1, 2], counts }, sum, count: counts.reduce((a, b) => a + b) },
    },
  ],
});

describe("metrics of several processes", () => {
  it("are added up by their labels, in whatever order those come", () => {
    const turned: MetricPoints = {
      ...counter(0),
      dataPoints: [{ attributes: { method: "GET", route: "/" }, value: 5 }],
    };
    const [merged] = mergeMetrics([[counter(2)], [turned], [counter(1, "/token")]]);
    expect(merged?.dataPoints.map(({ value }) => value)).to.deep.equal([7, 1]);
  });

  it("of what is used now are added up, and of a gauge the highest counts", () => {
    const merged = mergeMetrics([
      [used(3), age(10)],
      [used(4), age(7)],
    ]);
    expect(merged.map(({ dataPoints }) => dataPoints[0]?.value)).to.deep.equal([7, 10]);
  });

  it("of times are added up bucket by bucket", () => {
    const [merged] = mergeMetrics([[times([1, 2, 3], 9)], [times([4, 0, 1], 6)]]);
    expect(merged?.dataPoints[0]?.value).to.deep.equal({
      buckets: { boundaries: [1, 2], counts: [5, 2, 4] },
      ...{ sum: 15, count: 11 },
    });
  });

  it("that are gone leave what they have counted, and nothing that they used", () => {
    const left = whatRemains([counter(2), used(3), age(10), times([1, 0, 0], 1)]);
    expect(left.map(({ descriptor }) => descriptor.name)).to.deep.equal(["requests", "seconds"]);
  });
});
