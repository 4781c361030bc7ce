import { fileURLToPath } from "node:url";
import { expect } from "chai";
import { runProcess, startProgram } from "../../cli/installation.ts";
import { asOwner } from "../../support/database.ts";
import { eventually } from "../../support/eventually.ts";
import { startLoggedProcess, type LoggedProcess } from "../../support/logged-process.ts";
import { openSignIn, redeem } from "../../support/relying-party.ts";
import { hasCode } from "../../support/second-factor.ts";
import { DAY } from "../../support/time.ts";
import { refresh, tokensOf } from "../../support/tokens.ts";
import { useVestibule } from "../../support/use-vestibule.ts";

const PRELOAD = fileURLToPath(new URL("../../support/wrong-clock.ts", import.meta.url));

describe("a process whose clock is wrong", function () {
  this.timeout(60_000);
  const vestibule = useVestibule({
    settings: { VESTIBULE_MESSAGE_WORKERS: "no" },
    user: {},
    application: {},
  });
  let wrong: LoggedProcess | null = null;
  afterEach(async () => {
    await wrong?.stop();
    wrong = null;
  });

  const startWithClock = async (environment: Readonly<Record<string, string>>): Promise<LoggedProcess> => {
    const settings = { ...environment, VESTIBULE_LOG_LEVEL: "warn", VESTIBULE_MESSAGE_WORKERS: "yes" };
    wrong = await startLoggedProcess(vestibule, settings, ["--import", PRELOAD]);
    return wrong;
  };
  const program = (milliseconds: number) => ({
    ...vestibule.environment,
    NODE_OPTIONS: `--import=${PRELOAD}`,
    TEST_CLOCK_OFF_MS: String(milliseconds),
  });
  const workersOf = async () => {
    const jobs =
      "select pid from pg_stat_activity where datname = current_database() and application_name = 'vestibule jobs'";
    return (await asOwner(vestibule.database, jobs)).length;
  };
  const statusOf = async (port: number, path: string) => (await vestibule.browser(port).get(path)).status;

  for (const [words, milliseconds, seconds] of [
    ["a day ahead", DAY, 86_400],
    ["a day behind", -DAY, -86_400],
  ] as const) {
    it(`${words} says so, is not ready, and serves nothing but its life and its style sheet`, async () => {
      const { port, log } = await startWithClock({ TEST_CLOCK_OFF_MS: String(milliseconds) });
      const line =
        log()
          .split("\n")
          .find((each) => each.includes("the clock of this machine is wrong")) ?? "{}";
      const report = JSON.parse(line) as Record<string, unknown>;
      expect(report["level"]).to.equal("error");
      expect(report["secondsOff"]).to.be.within(seconds - 5, seconds + 5);
      expect(await statusOf(port, "/health/live")).to.equal(200);
      expect(await statusOf(port, "/health/ready")).to.equal(503);
      const { body } = await vestibule.browser(port).get("/", { headers: { accept: "text/html" } });
      const sheet = /href="([^"]+\.css)"/.exec(body)?.[1] ?? "";
      expect(await statusOf(port, sheet), sheet).to.equal(200);
      const { url } = vestibule.request();
      for (const path of [
        url,
        "/",
        "/account",
        "/console",
        "/forgot-password",
        "/jwks",
        "/.well-known/openid-configuration",
      ]) {
        const { status, headers } = await vestibule.browser(port).get(path);
        expect([status, headers["retry-after"]], path).to.deep.equal([503, "30"]);
      }
    });
  }

  it("redeems no code and no refresh token, and they still work where the clock is right", async () => {
    const { port } = await startWithClock({ TEST_CLOCK_OFF_MS: String(DAY) });
    const here = vestibule.browser();
    const there = vestibule.browser(port);
    const request = vestibule.request();
    const redirect = await vestibule.signIn(here, request);
    expect((await redeem(there, vestibule.application, { redirect, request })).status).to.equal(503);
    const redeemed = await redeem(here, vestibule.application, { redirect, request });
    expect(redeemed.status).to.equal(200);
    const { refresh: token } = tokensOf(redeemed);
    expect((await refresh(there, vestibule.application, token)).status).to.equal(503);
    expect((await refresh(here, vestibule.application, token)).status).to.equal(200);
    const silent = await here.get(vestibule.request({ prompt: "none" }).url);
    expect(hasCode(silent), "the session of before").to.equal(true);
  });

  it("stops serving at the first request after the clock was set wrong, and serves again when it is set back", async () => {
    const { port, pid } = await startWithClock({ TEST_CLOCK_OFF_MS: String(DAY), TEST_CLOCK_JUMPS: "yes" });
    expect(await statusOf(port, "/health/ready")).to.equal(200);
    expect((await openSignIn(vestibule.browser(port), vestibule.request())).status).to.equal(200);
    expect(await workersOf()).to.be.above(0);
    process.kill(pid, "SIGUSR2");
    await eventually(
      () => statusOf(port, "/jwks"),
      (status) => status === 503,
    );
    expect(await statusOf(port, "/health/ready")).to.equal(503);
    await eventually(workersOf, (count) => count === 0);
    process.kill(pid, "SIGUSR2");
    await eventually(
      () => statusOf(port, "/jwks"),
      (status) => status === 200,
    );
    expect(await statusOf(port, "/health/ready")).to.equal(200);
    await eventually(workersOf, (count) => count > 0);
  });

  it("as a worker hands nothing over", async () => {
    const worker = startProgram(program(DAY), ["worker", "--json"]);
    const ended = new Promise((resolve) => worker.once("close", resolve));
    const said: string[] = [];
    worker.stdout?.setEncoding("utf8").on("data", (text: string) => said.push(text));
    await eventually(
      () => Promise.resolve(said.join("")),
      (text) => text.includes('"pid"'),
    );
    expect(await workersOf()).to.equal(0);
    worker.kill("SIGTERM");
    await ended;
  });

  it("as a command does nothing and says why", async () => {
    const { code, error } = await runProcess(program(-DAY), ["office", "add", "LATE", "--name", "Late"]);
    expect(code).to.equal(1);
    expect(error).to.match(
      /^The clock of this machine is 86\d\d\d s behind the database's clock\. Set it.*nothing was changed\.\n$/,
    );
    expect(await asOwner(vestibule.database, "select from offices where code = 'LATE'")).to.deep.equal([]);
  });
});
