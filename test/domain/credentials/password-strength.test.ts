import { execFile } from "node:child_process";
import { promisify } from "node:util";
import { expect } from "chai";
import { PageError } from "../../../src/kernel/errors.ts";
import { PasswordRules } from "../../../src/domain/credentials/password-rules.ts";
import { StrengthThread, type Estimate } from "../../../src/domain/credentials/strength-thread.ts";
import { makeUser } from "../../support/people.ts";
import { useFresh } from "../../support/suite-resource.ts";
import { MINUTE, travel } from "../../support/time.ts";
import { useServices } from "../../support/use-vestibule.ts";

const GOOD = "plum-teapot-ladder-42";

/** What a thread runs that answers with the length of the password, and never to "stuck". */
const SCRIPT = new URL(
  `data:text/javascript,${encodeURIComponent(`
  import { parentPort } from "node:worker_threads";
  parentPort.on("message", ({ password }) => {
    if (password === "broken") throw new Error("broken");
    if (password !== "stuck") parentPort.postMessage(password.length);
  });`)}`,
);

const isBusy = (error: unknown) => error instanceof PageError && error.kind === "busy";
const asked = (password: string): Estimate => ({ password, known: [] });

describe("the estimate of a new password", () => {
  const { services } = useServices();

  it("T128 leaves the main thread free: other work goes on while one is made", async () => {
    await services.passwordRules.fault(GOOD, { known: [], userId: null });
    let turns = 0;
    let isDone = false;
    const turn = () => {
      turns += 1;
      if (!isDone) setImmediate(turn);
    };
    setImmediate(turn);
    const hard = "a1b2".repeat(8);
    const fault = await services.passwordRules.fault(hard, { known: ["noord"], userId: null });
    isDone = true;
    expect(fault).to.equal("too-easy");
    expect(turns).to.be.above(0);
  });

  it("T128 never loads the estimator into the main thread, and keeps no process from its end", async () => {
    const module = new URL("../../../src/domain/credentials/strength-thread.ts", import.meta.url).href;
    const script = `
      import { registerHooks } from "node:module";
      const loaded = [];
      registerHooks({ load: (url, context, next) => (loaded.push(url), next(url, context)) });
      const { StrengthThread } = await import(${JSON.stringify(module)});
      const score = await new StrengthThread().estimate({ password: ${JSON.stringify(GOOD)}, known: [] });
      console.log(JSON.stringify({ score, loaded }));`;
    const { stdout } = await promisify(execFile)(process.execPath, ["--input-type=module", "-e", script]);
    const { score, loaded } = JSON.parse(stdout) as { score: number; loaded: string[] };
    expect(score).to.be.at.least(3);
    expect(loaded).to.include(module);
    expect(loaded.filter((url) => url.includes("zxcvbn"))).to.deep.equal([]);
  });
});

describe("how many passwords an account can have estimated", () => {
  const world = useServices({ office: {} });
  const { services } = world;
  const estimated: string[] = [];
  const rules = useFresh(() => {
    estimated.length = 0;
    const estimate = ({ password }: Estimate) => {
      estimated.push(password);
      return Promise.resolve(0);
    };
    return new PasswordRules({
      strength: { estimate },
      limits: services.stores.rateLimits,
      hash: (text) => Buffer.from(text),
    });
  });
  const choose = (userId: string | null, password = GOOD) => rules.fault(password, { known: [], userId });

  it("T128 is twenty within ten minutes, counted before the estimate and for this account alone", async () => {
    const { id } = await makeUser(services, world.office);
    const answers = await Promise.all(Array.from({ length: 25 }, () => choose(id)));
    expect(answers.filter((answer) => answer === "too-easy")).to.have.length(20);
    expect(answers.filter((answer) => answer === "too-often")).to.have.length(5);
    expect(estimated).to.have.length(20);
    const other = await makeUser(services, world.office);
    expect(await choose(other.id)).to.equal("too-easy");
    travel(11 * MINUTE);
    expect(await choose(id)).to.equal("too-easy");
  });

  it("does not count what is refused for its length, and nothing of an operator", async () => {
    const { id } = await makeUser(services, world.office);
    for (let round = 0; round < 25; round += 1) {
      expect(await choose(id, "short")).to.equal("too-short");
      expect(await choose(null)).to.equal("too-easy");
    }
    expect(await choose(id)).to.equal("too-easy");
  });

  it("T128 is made of the first 32 characters alone, as people count them", async () => {
    await choose(null, "x".repeat(256));
    await choose(null, "🫖".repeat(40));
    expect(estimated).to.deep.equal(["x".repeat(32), "🫖".repeat(32)]);
  });
});

describe("the thread that estimates passwords", () => {
  it("answers one after another, in their order", async () => {
    const thread = new StrengthThread({ script: SCRIPT });
    const words = ["a", "bbb", "cc", "dddd"];
    expect(await Promise.all(words.map((word) => thread.estimate(asked(word))))).to.deep.equal([1, 3, 2, 4]);
  });

  it("T128 lets a bounded number wait, and refuses the rest at once", async () => {
    const thread = new StrengthThread({ script: SCRIPT, queue: 2 });
    const results = await Promise.allSettled(
      ["a", "bb", "ccc", "dddd", "eeeee"].map((word) => thread.estimate(asked(word))),
    );
    expect(results.map(({ status }) => status)).to.deep.equal([
      ...["fulfilled", "fulfilled", "fulfilled"],
      ...["rejected", "rejected"],
    ]);
    for (const result of results) {
      expect(result.status === "fulfilled" || isBusy(result.reason)).to.equal(true);
    }
  });

  it("T128 gives up an estimate that takes too long, and makes those behind it in a new thread", async () => {
    const thread = new StrengthThread({ script: SCRIPT, timeoutMs: 1_500 });
    const results = await Promise.allSettled(["stuck", "bb"].map((word) => thread.estimate(asked(word))));
    const [stuck, next] = results;
    expect(stuck?.status === "rejected" && isBusy(stuck.reason)).to.equal(true);
    expect(next).to.deep.equal({ status: "fulfilled", value: 2 });
  });

  it("T128 survives the end of its thread: one estimate fails, the next gets a new thread", async () => {
    const thread = new StrengthThread({ script: SCRIPT });
    const [broken, next] = await Promise.allSettled(
      ["broken", "bb"].map((word) => thread.estimate(asked(word))),
    );
    expect(broken?.status).to.equal("rejected");
    expect(next).to.deep.equal({ status: "fulfilled", value: 2 });
  });
});
