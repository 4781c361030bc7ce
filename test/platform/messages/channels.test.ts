import { expect } from "chai";
import { connectDatabase } from "../../../src/platform/database/database.ts";
import { SecretBox } from "../../../src/kernel/secret.ts";
import { JobStore } from "../../../src/platform/jobs/job-store.ts";
import { Delivery } from "../../../src/platform/messages/delivery.ts";
import { messageJobs } from "../../../src/platform/messages/message-jobs.ts";
import { MessageStore } from "../../../src/platform/messages/message-store.ts";
import { MessageWorkers } from "../../../src/platform/messages/message-workers.ts";
import { SmtpMail } from "../../../src/platform/messages/smtp-mail.ts";
import { asOwner } from "../../support/database.ts";
import { eventually } from "../../support/eventually.ts";
import { useMailStandIn } from "../../support/mail-stand-in.ts";
import { makeOffice } from "../../support/people.ts";
import { useSmsStandIn } from "../../support/sms-stand-in.ts";
import { startServices, startVestibule } from "../../support/vestibule.ts";

type Services = Awaited<ReturnType<typeof startServices>>["services"];

const sendMails = ({ database, messages }: Services, officeId: string, number: number) =>
  database.inOffice(officeId, async (tx) => {
    for (let index = 0; index < number; index += 1) {
      const mail = { to: `person${String(index)}@mail.example`, subject: "Mail", text: "text" };
      await messages.queue.send(tx, { channel: "mail", officeId, ...mail });
    }
  });
const stateCount = async (database: Parameters<typeof asOwner>[0], state: string) => {
  const [row] = await asOwner<{ count: number }>(
    database,
    "select count(*)::integer as count from messages where state = $1",
    [state],
  );
  return row?.count ?? 0;
};

describe("a text message while a mail server takes its time", () => {
  const provider = useSmsStandIn();
  const server = useMailStandIn();

  it("T35 goes out at once, and no mail is waited for", async function () {
    this.timeout(20_000);
    const release = server.hold();
    const vestibule = await startVestibule({ ...provider.environment, ...server.environment });
    try {
      const { services, database } = vestibule;
      const { id: officeId } = await makeOffice(services);
      await sendMails(services, officeId, 16);
      await eventually(
        () => stateCount(database, "sending"),
        (sending) => sending > 0,
      );
      const until = new Date(Date.now() + 300_000);
      await services.database.inOffice(officeId, (tx) =>
        services.messages.queue.send(tx, {
          channel: "sms",
          to: "+31612345678",
          text: "code",
          officeId,
          until,
        }),
      );
      await eventually(
        () => Promise.resolve(provider.taken.length),
        (taken) => taken === 1,
      );
      expect(await stateCount(database, "sent"), "the text message alone").to.be.at.most(1);
      expect(await stateCount(database, "sending"), "as many mails as there are connections").to.be.at.most(
        4,
      );
    } finally {
      release();
      await vestibule.stop();
    }
  });
});

describe("a mail server that answers after the claim of a mail would be old", () => {
  const CLAIM_SECONDS = 1;
  const ANSWER_MS = 2_500;
  const MAILS = 6;
  const CONNECTIONS = 3;

  const server = useMailStandIn();

  it("T35 gets each mail once, though jobs come twice and a third worker has nothing else to do", async function () {
    this.timeout(40_000);
    server.delay(ANSWER_MS);
    const { services, database, stop } = await startServices(server.environment);
    const { id: officeId } = await makeOffice(services);
    const store = new MessageStore(services.database);
    const worker = async () => {
      const { settings, log, databaseUrl, secrets } = services;
      const mail = new SmtpMail(settings.messages.smtp, { connections: CONNECTIONS });
      const gateways = { mail, sms: null };
      const connections = connectDatabase({ url: databaseUrl, size: 2, log });
      const parts = { store, jobs: messageJobs, box: new SecretBox(secrets.dataKeys), gateways };
      const delivery = new Delivery({ ...parts, claimSeconds: CLAIM_SECONDS });
      const options = {
        concurrency: 10,
        isBusy: () => false,
        others: [],
        log,
        tasks: services.imports.tasks,
      };
      const workers = new MessageWorkers({
        store: new JobStore(connections),
        delivery,
        gateways,
        ...options,
      });
      await workers.start();
      return async () => {
        await workers.stop();
        await mail.close();
        await connections.close();
      };
    };
    await sendMails(services, officeId, MAILS);
    // A job that is taken from its process comes again, while the mail is in hand.
    const refs = await asOwner<{ id: string }>(database, "select id from messages");
    await services.database.inOffice(officeId, async (tx) => {
      for (const { id } of refs) {
        await messageJobs.add(tx, { id, officeId }, { seconds: 1.5, channel: "mail" });
      }
    });
    const stops = await Promise.all([worker(), worker(), worker()]);
    try {
      await eventually(
        () => stateCount(database, "sent"),
        (sent) => sent === MAILS,
        { seconds: 30 },
      );
    } finally {
      await Promise.all(stops.map((end) => end()));
      await stop();
    }
    expect(server.taken).to.have.length(MAILS);
    expect(new Set(server.taken.map(({ messageId }) => messageId)).size).to.equal(MAILS);
  });
});
