import { expect } from "chai";
import { newFuzzer, tellFindings, useFuzzedWorld } from "../support/fuzz/fuzzed-world.ts";

/** `npm run fuzz`: the long run. FUZZ_REQUESTS=20000 sends more, and TEST_SEED repeats one. */
const REQUESTS = Number(process.env["FUZZ_REQUESTS"] ?? 5_000);

describe("input that is wrong in one place", function () {
  this.timeout(0);
  const world = useFuzzedWorld();
  const fuzzer = newFuzzer();

  it(`meets no fault in ${String(REQUESTS)} requests (seed ${String(fuzzer.seed)})`, async () => {
    const report = await fuzzer.of(world).run(REQUESTS);
    console.log(
      [...report.statuses]
        .sort()
        .map(([status, count]) => `${String(status)}: ${String(count)}`)
        .join(", "),
    );
    expect(report.findings, tellFindings(report)).to.be.empty;
  });
});
