import { expect } from "chai";
import { AlarmMails } from "../../../src/domain/audit/alarm-mails.ts";
import { AuditStore } from "../../../src/domain/audit/audit-store.ts";
import { createLog } from "../../../src/kernel/log.ts";
import { asOwner } from "../../support/database.ts";
import { VISITOR } from "../../support/mobile-numbers.ts";
import { BY_HAND, settledOutbox } from "../../support/outbox.ts";
import { readSettings } from "../../../src/server/settings/settings.ts";
import { eventually } from "../../support/eventually.ts";
import { startVestibule } from "../../support/vestibule.ts";
import { useServices } from "../../support/use-vestibule.ts";

const PEOPLE = "on-call@mail.example, security@mail.example";

describe("an alarm", () => {
  // Without a server, whose own looks would come between.
  const vestibule = useServices({ settings: { ...BY_HAND, VESTIBULE_ALARM_MAIL: PEOPLE }, office: {} });
  const { office } = vestibule;

  beforeEach(() =>
    asOwner(
      vestibule.database,
      "truncate outbox_messages, alarms_untold; update alarm_digest set sent_at = '-infinity'",
    ),
  );

  const raise = (changes: Partial<Parameters<AuditStore["addAlone"]>[0]> = {}) =>
    vestibule.services.audit.addAlone({
      type: "code.blocked",
      outcome: "alarm",
      officeId: office.id,
      actor: "visitor",
      subject: "sanne-of-the-log",
      visitor: { ...VISITOR, requestId: "req-4711" },
      ...changes,
    });
  const tell = () => vestibule.services.alarms.mails.send();
  const mails = async () => (await settledOutbox(vestibule)).filter(({ channel }) => channel === "mail");
  const hourPasses = () =>
    asOwner(vestibule.database, "update alarm_digest set sent_at = sent_at - interval '61 minutes'");

  it("reaches every address of the setting by mail, with type, office and request, and with nobody's name or address", async () => {
    await raise();
    await raise({ officeId: null, type: "password.throttled", visitor: undefined });
    expect(await tell()).to.equal(2);
    const sent = await mails();
    expect(sent.map(({ to }) => to).sort()).to.deep.equal(["on-call@mail.example", "security@mail.example"]);
    expect(sent[0]?.subject).to.equal("2 alarms at Vestibule");
    expect(sent[0]?.text)
      .to.contain(`1 × code.blocked, office ${office.code}`)
      .and.contain("requests req-4711")
      .and.contain("1 × password.throttled, no office")
      .and.contain("audit export --all-offices --outcome alarm --since ");
    expect(sent[0]?.text).to.not.contain(VISITOR.address).and.not.contain("sanne-of-the-log");
  });

  it("is sent at once when it is the first, and with all others of an hour in one mail afterwards", async () => {
    await raise();
    await tell();
    for (let times = 0; times < 5; times += 1) {
      await raise();
      expect(await tell()).to.equal(0);
    }
    await hourPasses();
    expect(await tell()).to.equal(2);
    const sent = await mails();
    expect(sent).to.have.length(4);
    expect(sent[0]?.subject).to.equal("5 alarms at Vestibule");
    await hourPasses();
    expect(await tell(), "nothing new").to.equal(0);
  });

  it("is sent once, however many processes look at the same moment", async () => {
    await raise();
    const counts = await Promise.all(Array.from({ length: 10 }, tell));
    expect(counts.filter((count) => count > 0)).to.deep.equal([2]);
    expect(await mails()).to.have.length(2);
  });

  it("is not lost when its mail cannot be written, and comes the next time", async () => {
    await raise();
    const { alarms, messages, log } = vestibule.services;
    const broken = new AlarmMails({
      ...{ store: alarms.store, view: messages.view, addresses: ["a@mail.example"], log },
      texts: { in: () => (key) => key },
      queue: {
        send: () => Promise.reject(new Error("no room")),
        prepare: () => ({ id: "", json: "{}" }),
      },
    });
    expect(
      await broken.send().then(
        () => "told",
        () => "failed",
      ),
    ).to.equal("failed");
    expect(await tell()).to.equal(2);
  });

  it("of a transaction that is undone is never sent", async () => {
    const { audit, database } = vestibule.services;
    const event = { type: "code.blocked", outcome: "alarm", officeId: office.id, actor: "visitor" } as const;
    await database
      .inOffice(office.id, async (tx) => {
        await audit.add(tx, event);
        throw new Error("undone");
      })
      .catch(() => undefined);
    expect(await tell()).to.equal(0);
  });

  it("is a warning in the log, with its type, office and request, and nobody's address", async () => {
    const lines: object[] = [];
    const log = { ...createLog("silent"), warn: (line: object) => lines.push(line) };
    const store = new AuditStore(vestibule.services.database, log);
    await store.addAlone({
      ...{ type: "token.reused", outcome: "alarm", officeId: office.id, actor: "visitor" },
      visitor: { ...VISITOR, requestId: "req-1" },
    });
    await store.addAlone({ type: "sign-out", outcome: "ok", officeId: office.id, actor: "visitor" });
    expect(lines).to.deep.equal([{ type: "token.reused", officeId: office.id, requestId: "req-1" }]);
  });

  it("has no settings that lead nowhere: addresses that are none, and mail without a gateway, are refused", () => {
    const environment = { DATABASE_URL: vestibule.database.url };
    const read = (changes: Record<string, string>) => () => readSettings({ ...environment, ...changes });
    expect(read({ VESTIBULE_ALARM_MAIL: "on call" })).to.throw(
      "VESTIBULE_ALARM_MAIL: must be email addresses",
    );
    expect(read({ VESTIBULE_ALARM_MAIL: PEOPLE, VESTIBULE_MAIL_GATEWAY: "none" })).to.throw(
      "VESTIBULE_ALARM_MAIL: mails about alarms need a gateway",
    );
    expect(read({ VESTIBULE_ALARM_MAIL: PEOPLE })().messages.alarmMail).to.deep.equal(PEOPLE.split(", "));
  });

  it("is sent by a running server on its own", async () => {
    const server = await startVestibule({ VESTIBULE_ALARM_MAIL: "on-call@mail.example" });
    try {
      await server.services.audit.addAlone({
        ...{ type: "code.blocked", outcome: "alarm", officeId: null, actor: "visitor" },
      });
      await eventually(
        () =>
          asOwner(server.database, "select 1 from outbox_messages where recipient = 'on-call@mail.example'"),
        (rows) => rows.length === 1,
      );
    } finally {
      await server.stop();
    }
  });
});
