/**
 * Preloaded with `--import` into a process whose clock is to be wrong: `Date` and `Date.now` are off by TEST_CLOCK_OFF_MS, from the
 * start on or, with TEST_CLOCK_JUMPS, from SIGUSR2 on. The clock that only runs forward stays as it is, as on a real machine.
 */
const RealDate = Date;
const wrong = Number(process.env["TEST_CLOCK_OFF_MS"]);
let off = process.env["TEST_CLOCK_JUMPS"] === undefined ? wrong : 0;
process.on("SIGUSR2", () => {
  off = off === 0 ? wrong : 0;
});

const now = () => RealDate.now() + off;

globalThis.Date = new Proxy(RealDate, {
  construct: (target, values: unknown[], made) =>
    Reflect.construct(target, values.length === 0 ? [now()] : values, made) as Date,
  get: (target, key) => (key === "now" ? now : (Reflect.get(target, key) as unknown)),
});
