import { expect } from "chai";
import { eventually } from "../support/eventually.ts";
import { freePort } from "../support/free-port.ts";
import { HttpBrowser } from "../support/http-browser.ts";
import { scrape, valueOf } from "../support/scrape.ts";
import { healthAt, startServerGroup, type ServerGroup } from "../support/server-group.ts";
import { useResource } from "../support/suite-resource.ts";
import { useVestibule } from "../support/use-vestibule.ts";
import { startServer } from "./server.ts";

const port = await freePort();
const workerPort = await freePort();
const answered = async () => valueOf(await scrape(port), "vestibule_requests_total", { route: "other" });

describe("the metrics of a server of four processes", function () {
  this.timeout(60_000);
  const vestibule = useVestibule({ application: {}, user: {} });
  const group: ServerGroup = useResource(
    () => startServerGroup(vestibule, { VESTIBULE_MANAGEMENT_PORT: String(port) }),
    (started) => started.end(),
  );
  const ask = async (times: number) => {
    for (let count = 0; count < times; count += 1) {
      const browser = new HttpBrowser(vestibule.issuer, group.port);
      await browser.get(`${vestibule.issuer}/welcome-to-nowhere`);
    }
  };

  it("are those of all of them, whichever answers", async () => {
    await ask(12);
    const seen = [];
    for (let count = 0; count < 5; count += 1) {
      seen.push(await answered());
    }
    expect(seen).to.deep.equal([12, 12, 12, 12, 12]);
    const samples = await scrape(port);
    expect(valueOf(samples, "vestibule_processes")).to.equal(4);
    expect(valueOf(samples, "vestibule_database_usable")).to.equal(1);
    expect(samples.filter(({ name }) => name === "vestibule_database_usable")).to.have.length(1);
  });

  it("do not fall when one of them is killed", async () => {
    const before = await answered();
    const [first, second] = await group.pids();
    process.kill(second ?? 0, "SIGKILL");
    await eventually(
      () => group.pids(),
      (pids) => pids.length === 4 && pids[0] === first && pids[1] !== second,
      { seconds: 30 },
    );
    await eventually(
      () => healthAt(group.port),
      (said) => JSON.stringify(said).includes('"live":4'),
    );
    await ask(4);
    expect(await answered()).to.equal(before + 4);
  });
});

describe("the metrics of a worker", function () {
  this.timeout(60_000);
  const vestibule = useVestibule({ settings: { VESTIBULE_MESSAGE_WORKERS: "no" } });
  const worker = useResource(
    () =>
      startServer(
        { ...vestibule.environment, VESTIBULE_MANAGEMENT_PORT: String(workerPort) },
        ["--json"],
        '"pid"',
        "worker",
      ),
    async ({ child, ended }) => {
      child.kill("SIGTERM");
      await ended;
    },
  );

  it("are about its connections, and not about the database, which servers read", async () => {
    expect(worker.child.exitCode).to.equal(null);
    const samples = await scrape(workerPort);
    expect(valueOf(samples, "vestibule_pool_size", { pool: "vestibule jobs" })).to.equal(6);
    expect(samples.map(({ name }) => name)).not.to.include("vestibule_queue_jobs");
    const health = await fetch(`http://127.0.0.1:${String(workerPort)}/health/ready`);
    expect(health.status).to.equal(200);
  });
});
