import { spawn, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";
import { expect } from "chai";
import { eventually } from "../../support/eventually.ts";
import { startReceiver, type WebhookReceiver } from "../../support/webhook-receiver.ts";
import { useServices } from "../../support/use-vestibule.ts";

const PROGRAM = fileURLToPath(new URL("../../support/worker-process.ts", import.meta.url));
const SUBJECTS = 8;
const EACH = 10;
/** Less than what a claim lasts after its worker could renew it last. */
const SOON = { seconds: 6 };

describe("kill -9 in the middle of sending events", function () {
  this.timeout(180_000);
  const world = useServices({ office: {} });
  const workers = new Set<ChildProcess>();
  let receiver: WebhookReceiver;
  /** Answers that the receiver keeps back, so that a worker dies with requests in hand. */
  let held: (() => void)[] = [];
  let holds = true;
  const release = () => {
    held.splice(0).forEach((answer) => {
      answer();
    });
  };

  before(async () => {
    receiver = await startReceiver((response) => {
      const answer = () => response.writeHead(204).end();
      if (holds) {
        held.push(answer);
      } else {
        answer();
      }
    });
  });
  after(async () => {
    await Promise.all([...workers].map((worker) => end(worker)));
    await receiver.stop();
  });

  it("T190 T235 loses no event, keeps the order of each subject, and repeats only what was in hand, under its own id", async () => {
    const { service } = world.services.webhooks;
    const types = ["user.disabled"];
    const by = { id: "command line", officeId: null, role: "operator" } as const;
    await service.add(world.office.id, { name: "Directory", url: receiver.url, types }, by);
    for (let index = 0; index < SUBJECTS * EACH; index += 1) {
      await world.services.audit.addAlone({
        ...{ type: "user.disabled", outcome: "ok", officeId: world.office.id, actor: "command line" },
        subject: `user ${String(index % SUBJECTS)}`,
      });
    }
    while ((await world.services.stores.auditSeals.seal(1_000)) > 0);
    const first = await start();
    await inHand();
    release();
    await inHand();
    const second = await start();
    await end(first);
    held = [];
    await inHand(SOON);
    const third = await start();
    await end(second);
    held = [];
    await inHand(SOON);
    expect(third.exitCode, "lives").to.equal(null);
    holds = false;
    release();
    await eventually(
      () => Promise.resolve(idsOf().size),
      (count) => count === SUBJECTS * EACH,
      { seconds: 60 },
    );
    expect(receiver.received.length, "some came twice").to.be.above(SUBJECTS * EACH);
    expect(receiver.received.length - SUBJECTS * EACH, "in the hand of the killed").to.be.at.most(
      2 * SUBJECTS,
    );
    for (let subject = 0; subject < SUBJECTS; subject += 1) {
      const numbers = [...idsOf(`user ${String(subject)}`)].map((id) => Number(id.split("_")[2]));
      expect(numbers, `user ${String(subject)}`).to.deep.equal(numbers.toSorted((one, other) => one - other));
      expect(numbers).to.have.length(EACH);
    }
  });

  const idsOf = (subject?: string) =>
    new Set(
      receiver.received
        .filter((each) => subject === undefined || each.subject === subject)
        .map(({ id }) => id),
    );
  const inHand = (limit = { seconds: 60 }) =>
    eventually(
      () => Promise.resolve(held.length),
      (count) => count === SUBJECTS,
      limit,
    );
  async function start(): Promise<ChildProcess> {
    const env = { PATH: process.env["PATH"], ...world.environment };
    const worker = spawn(process.execPath, [PROGRAM], { env, stdio: ["ignore", "pipe", "inherit"] });
    workers.add(worker);
    await once(worker.stdout, "data");
    return worker;
  }

  async function end(worker: ChildProcess): Promise<void> {
    workers.delete(worker);
    if (worker.exitCode === null && worker.signalCode === null) {
      const exited = once(worker, "exit");
      worker.kill("SIGKILL");
      await exited;
    }
  }
});
