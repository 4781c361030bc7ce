import { spawn, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";
import { expect } from "chai";
import { asOwner } from "../../support/database.ts";
import { eventually } from "../../support/eventually.ts";
import { useMailStandIn } from "../../support/mail-stand-in.ts";
import { makeOffice } from "../../support/people.ts";
import { seeded } from "../../support/seeded.ts";
import { useSmsStandIn } from "../../support/sms-stand-in.ts";
import { useVestibule } from "../../support/use-vestibule.ts";

const EACH = 300;
const CONCURRENCY = 5;
/** Text messages, and mails at the three connections of the mail server. */
const IN_HAND = CONCURRENCY + 3;
const KILLS = 4;
/** So slow that a process is killed with messages in hand. */
const PROVIDER_MS = 300;

const random = seeded();

const PROGRAM = fileURLToPath(new URL("../../support/worker-process.ts", import.meta.url));

describe("kill -9 in the middle of handing messages over", () => {
  const workers = new Set<ChildProcess>();

  const provider = useSmsStandIn();
  const server = useMailStandIn();
  const vestibule = useVestibule({
    settings: () => ({
      ...provider.environment,
      ...server.environment,
      VESTIBULE_MESSAGE_WORKERS: "no",
      VESTIBULE_MESSAGE_CONCURRENCY: String(CONCURRENCY),
    }),
  });
  after(async () => {
    await Promise.all([...workers].map((worker) => end(worker, "SIGKILL")));
  });

  it(`T35 loses no message, sends no text message twice, and a mail twice only under one name (seed ${String(random.seed)})`, async function () {
    this.timeout(120_000);
    await queueAll();
    provider.delay(PROVIDER_MS);
    server.delay(PROVIDER_MS);
    let [one, other] = await Promise.all([startWorker(), startWorker()]);
    for (let kill = 0; kill < KILLS; kill += 1) {
      const enough = handled() + CONCURRENCY + Math.ceil(random.next() * 3 * CONCURRENCY);
      await eventually(
        () => Promise.resolve(handled()),
        (count) => count >= enough,
        { seconds: 60 },
      );
      await end(one, "SIGKILL");
      [one, other] = [other, await startWorker()];
    }
    // The last two die together; what they had in hand is then as old as what is really dead.
    await Promise.all([end(one, "SIGKILL"), end(other, "SIGKILL")]);
    const inHand = await count("select count(*)::integer as count from messages where state = 'sending'");
    expect(inHand, "messages in hand of the killed").to.be.within(1, (KILLS + 2) * IN_HAND);
    expect(await open(), "left for those who come after").to.be.above(0);
    await letAMinutePass();
    provider.delay(0);
    server.delay(0);
    const last = await startWorker();
    await eventually(open, (count) => count === 0, { seconds: 60, everyMs: 100 });
    await end(last, "SIGTERM");
    await expectWhole(inHand);
  });

  /** What the provider and the mail server have been asked for. */
  const handled = () => provider.requests + server.taken.length;

  async function queueAll(): Promise<void> {
    const { messages, database, ...services } = vestibule.services;
    const { id: officeId } = await makeOffice({ messages, database, ...services });
    const until = new Date(Date.now() + 3_600_000);
    await database.inOffice(officeId, async (tx) => {
      for (let index = 0; index < EACH; index += 1) {
        const to = `+316126${String(22_000 + index)}`;
        await messages.queue.send(tx, { channel: "sms", to, text: "text", officeId, until });
        const mail = { to: `person${String(index)}@mail.example`, subject: "Mail", text: "text" };
        await messages.queue.send(tx, { channel: "mail", officeId, ...mail });
      }
    });
  }

  async function startWorker(): Promise<ChildProcess> {
    const env = { PATH: process.env["PATH"], ...vestibule.environment };
    const worker = spawn(process.execPath, [PROGRAM], { env, stdio: ["ignore", "pipe", "inherit"] });
    workers.add(worker);
    await once(worker.stdout, "data");
    return worker;
  }

  async function end(worker: ChildProcess, signal: NodeJS.Signals): Promise<void> {
    workers.delete(worker);
    if (worker.exitCode === null && worker.signalCode === null) {
      worker.kill(signal);
      await once(worker, "exit");
    }
  }

  async function count(statement: string): Promise<number> {
    const [row] = await asOwner<{ count: number }>(vestibule.database, statement);
    return row?.count ?? 0;
  }

  const open = () =>
    count("select count(*)::integer as count from messages where state in ('waiting', 'sending')");

  /** Nobody works: everything that is in hand is as old as if a minute had passed. */
  async function letAMinutePass(): Promise<void> {
    await asOwner(
      vestibule.database,
      "update messages set claimed_at = claimed_at - interval '61 seconds' where state = 'sending'",
    );
    await asOwner(
      vestibule.database,
      "update jobs set due_at = due_at - interval '61 seconds' where claimed_at is not null",
    );
  }

  async function expectWhole(inHand: number): Promise<void> {
    const rows = await asOwner<{ id: string; channel: string; state: string }>(
      vestibule.database,
      "select id, channel, state from messages",
    );
    const idsOf = (channel: string, ...states: string[]) =>
      rows.filter((row) => row.channel === channel && states.includes(row.state)).map(({ id }) => id);
    expect(idsOf("sms", "sent", "unknown"), "every text message has an end").to.have.length(EACH);
    expect(idsOf("mail", "sent"), "every mail was sent").to.have.length(EACH);

    const references = provider.taken.map(({ reference }) => reference ?? "");
    expect(new Set(references).size, "text messages sent twice").to.equal(references.length);
    expect(references).to.include.members(idsOf("sms", "sent"));
    expect(idsOf("sms", "unknown").length).to.be.at.most(inHand);

    const names = server.taken.map(({ messageId }) => messageId);
    expect(new Set(names).size, "mails lost").to.equal(EACH);
    expect(names.length - EACH, "mails sent again").to.be.at.most(inHand);
  }
});
