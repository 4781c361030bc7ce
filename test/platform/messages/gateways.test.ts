import { generateKeyPairSync, randomUUID } from "node:crypto";
import { getCACertificates, setDefaultCACertificates } from "node:tls";
import { inspect } from "node:util";
import { expect } from "chai";
import { Secret } from "../../../src/kernel/secret.ts";
import type { MessageGateway } from "../../../src/platform/messages/gateway.ts";
import type { MailMessage, SmsMessage } from "../../../src/platform/messages/message.ts";
import { OutboxStore } from "../../../src/screens/outbox/outbox-store.ts";
import { SmtpMail } from "../../../src/platform/messages/smtp-mail.ts";
import { VonageSms } from "../../../src/platform/messages/vonage-sms.ts";
import { makeCertificate } from "../../support/certificate.ts";
import { startMailStandIn, type MailStandIn, useMailStandIn } from "../../support/mail-stand-in.ts";
import {
  API_KEY,
  API_SECRET,
  MAGIC,
  startSmsStandIn,
  type Scenario,
  useSmsStandIn,
} from "../../support/sms-stand-in.ts";
import { startServices } from "../../support/vestibule.ts";
import { freePort } from "../../support/free-port.ts";

import { useResource } from "../../support/suite-resource.ts";

const CODE = "123456 is your code";

const sms = (to: string, text = CODE): SmsMessage => ({
  channel: "sms",
  to,
  text,
  officeId: randomUUID(),
  until: new Date(Date.now() + 300_000),
});
const mail = (changes: Partial<MailMessage> = {}): MailMessage => ({
  channel: "mail",
  to: "sanne@mail.example",
  subject: "Subject with é",
  text: "The text",
  html: "<p>The text</p>",
  officeId: null,
  ...changes,
});

/** A gateway with what it is connected to, and how a test sees what arrived. */
interface Stage {
  readonly gateway: MessageGateway;
  readonly good: SmsMessage | MailMessage;
  arrived(): Promise<readonly string[]> | readonly string[];
  stop(): Promise<void>;
}

const stages: Readonly<Record<string, () => Promise<Stage>>> = {
  "the SMS API": () => vonageStage(false),
  "the Messages API": () => vonageStage(true),
  SMTP: async () => {
    const standIn = await startMailStandIn();
    const gateway = smtpAt(standIn);
    const arrived = () => standIn.taken.flatMap(({ to }) => to);
    const stop = async () => {
      await gateway.close();
      await standIn.stop();
    };
    return { gateway, good: mail(), arrived, stop };
  },
  "SMTP with TLS from the first byte": () => secureStage(true),
  "SMTP with STARTTLS": () => secureStage(false),
  "the outbox": async () => {
    const { services, stop } = await startServices();
    const gateway = new OutboxStore(services.database);
    const arrived = async () => (await gateway.list()).map(({ to }) => to);
    return { gateway, good: sms("+31612345678"), arrived, stop };
  },
};

for (const [name, start] of Object.entries(stages)) {
  describe(`a gateway: ${name}`, () => {
    const stage = useResource(
      () => start(),
      (it) => it.stop(),
    );

    it("hands a message over to its one recipient and says so", async () => {
      const handed = await stage.gateway.send(randomUUID(), stage.good);
      expect(handed.type).to.equal("sent");
      expect((await stage.arrived()).map((to) => to.replace("+", ""))).to.deep.equal([
        stage.good.to.replace("+", ""),
      ]);
    });

    it("T35 finds nothing wrong with itself while its provider is there", async () => {
      expect(await stage.gateway.check()).to.equal(null);
    });

    it("T32 prints neither credential nor message", () => {
      expect(inspect(stage.gateway, { depth: 10, showHidden: true })).to.not.match(/marker-of|123456/);
    });
  });
}

describe("what the SMS provider's answers mean", () => {
  /** The SMS API, then the Messages API, which has no codes of its own for some. */
  const MEANINGS: readonly [Scenario, string, string][] = [
    ["throttled", "again", "again"],
    ["internal", "again", "again"],
    ["429", "again", "again"],
    ["500", "again", "again"],
    ["503", "again", "again"],
    ["invalid", "refused", "refused"],
    ["barred", "refused", "refused"],
    ["no-credit", "failed", "failed"],
    ["credentials", "failed", "failed"],
    ["401", "failed", "failed"],
    ["sender", "failed", "refused"],
    ["empty", "unknown", "unknown"],
    ["broken", "unknown", "unknown"],
    ["reset", "unknown", "unknown"],
    ["silent", "unknown", "unknown"],
  ];
  const standIn = useSmsStandIn();

  for (const isApplication of [false, true]) {
    const api = isApplication ? "Messages API" : "SMS API";
    for (const [scenario, bySms, byMessages] of MEANINGS) {
      it(`T35 ${api}: ${scenario} is ${isApplication ? byMessages : bySms}, and reveals no secret`, async () => {
        const gateway = vonageAt(standIn.url, isApplication);
        const before = standIn.requests;
        const handed = await gateway.send(randomUUID(), sms(`+3161234${MAGIC[scenario]}`));
        expect(handed.type).to.equal(isApplication ? byMessages : bySms);
        expect(JSON.stringify(handed)).to.not.match(/marker-of|Basic|Bearer|123456/);
        expect(standIn.requests, "calls").to.equal(before + 1);
        expect(standIn.taken).to.be.empty;
      });
    }

    it(`T35 ${api}: a provider that is not there has taken nothing`, async () => {
      const nowhere = `http://127.0.0.1:${String(await freePort())}`;
      const handed = await vonageAt(nowhere, isApplication).send(randomUUID(), sms("+31612345678"));
      expect(handed).to.deep.equal({ type: "again", reason: "ECONNREFUSED" });
      expect(await vonageAt(nowhere, isApplication).check()).to.contain("cannot be reached");
    });
  }

  it("T102 sends nothing to what is no number", async () => {
    const before = standIn.requests;
    for (const to of [
      "+31612345678\n+31612345679",
      "31612345678",
      "+31612345678,+31612345679",
      "+0612345678",
      "",
    ]) {
      expect((await vonageAt(standIn.url, false).send(randomUUID(), sms(to))).type, to).to.equal("refused");
    }
    expect(standIn.requests).to.equal(before);
  });

  it("T102 sends a text with line breaks and separators as one message, as it is", async () => {
    const text = "naïve €5 & to=+31600000000\r\nSecond line";
    await vonageAt(standIn.url, false).send(randomUUID(), sms("+31612345678", text));
    expect(standIn.taken.map((taken) => [taken.to, taken.text])).to.deep.equal([["31612345678", text]]);
  });
});

describe("mail through SMTP", () => {
  let gateway: SmtpMail;
  const standIn = useMailStandIn();
  before(() => {
    gateway = smtpAt(standIn);
  });
  after(() => gateway.close());

  it("T102 refuses an address that is more than one, or brings a header", async () => {
    const hostile = [
      "sanne@mail.example\r\nBcc: evil@mail.example",
      "sanne@mail.example\nBcc: evil@mail.example",
      "sanne@mail.example, evil@mail.example",
      "sanne@mail.example; evil@mail.example",
      "Sanne <evil@mail.example>",
      "group: evil@mail.example;",
      '"evil@mail.example,"@mail.example',
      "sanne@mail.example> RCPT TO:<evil@mail.example",
      "sanne@mail.example\u2028evil@mail.example",
      "sanne@mail.example\0",
      "nothing",
    ];
    for (const to of hostile) {
      expect((await gateway.send(randomUUID(), mail({ to }))).type, JSON.stringify(to)).to.equal("refused");
    }
    for (const subject of ["Hello\r\nBcc: evil@mail.example", "Hello\nX: y", "Hello\rX: y"]) {
      expect((await gateway.send(randomUUID(), mail({ subject }))).type, subject).to.equal("refused");
    }
    expect(standIn.taken).to.be.empty;
  });

  it("T102 keeps hostile text in the body: one recipient, no further header", async () => {
    const text = "\r\n.\r\nMAIL FROM:<evil@mail.example>\r\nBcc: evil@mail.example\r\n\r\nmore";
    expect((await gateway.send(randomUUID(), mail({ text, html: text }))).type).to.equal("sent");
    const [taken] = standIn.taken;
    expect(standIn.taken).to.have.length(1);
    expect(taken?.to).to.deep.equal(["sanne@mail.example"]);
    expect(taken?.raw.slice(0, taken.raw.indexOf("\r\n\r\n"))).to.not.match(/^bcc:/im);
  });

  it("is known by its Message-ID when it is sent again", async () => {
    const id = randomUUID();
    await gateway.send(id, mail());
    await gateway.send(id, mail());
    expect(standIn.taken.filter(({ messageId }) => messageId === `<${id}@id.example>`)).to.have.length(2);
  });

  it("T35 tries again what passes, and gives up what never will", async () => {
    standIn.fault(451);
    expect(await gateway.send(randomUUID(), mail())).to.deep.equal({ type: "again", reason: "SMTP 451" });
    standIn.fault(null);
    expect((await gateway.send(randomUUID(), mail({ to: "nobody@mail.example" }))).type).to.equal("refused");
    const gone = new SmtpMail({ ...settingsOf(standIn), port: 9 });
    expect((await gone.send(randomUUID(), mail())).type).to.equal("again");
    expect(await gone.check()).to.contain("says no");
    await gone.close();
  });

  it("says nothing, not even the password, to a server without TLS where TLS is demanded", async () => {
    const strict = new SmtpMail({ ...settingsOf(standIn), tls: "starttls" });
    const before = standIn.taken.length;
    expect((await strict.send(randomUUID(), mail())).type).to.equal("again");
    expect(standIn.taken).to.have.length(before);
    await strict.close();
  });
});

describe("mail through SMTP with TLS", () => {
  for (const isImplicit of [true, false]) {
    it(`hands nothing to a server whose certificate nobody vouches for, ${isImplicit ? "implicit" : "STARTTLS"}`, async () => {
      const standIn = await startMailStandIn({ certificate: makeCertificate("localhost"), isImplicit });
      const gateway = new SmtpMail(secureSettings(standIn, isImplicit));
      try {
        expect((await gateway.send(randomUUID(), mail())).type).to.equal("again");
        expect(await gateway.check()).to.contain("says no");
        expect(standIn.taken).to.be.empty;
      } finally {
        await gateway.close();
        await standIn.stop();
      }
    });
  }
});

const { privateKey } = generateKeyPairSync("rsa", {
  modulusLength: 2048,
  publicKeyEncoding: { type: "spki", format: "pem" },
  privateKeyEncoding: { type: "pkcs8", format: "pem" },
});

function vonageAt(url: string, isApplication: boolean): VonageSms {
  return new VonageSms({
    application: isApplication ? { id: randomUUID(), privateKey: new Secret(privateKey) } : null,
    account: { key: API_KEY, secret: new Secret(API_SECRET) },
    sender: "Vestibule",
    apiUrl: url,
    smsUrl: url,
    timeoutMs: 300,
  });
}

/** As with a certificate that a company's own authority has signed: trusted while the stage stands. */
async function secureStage(isImplicit: boolean): Promise<Stage> {
  const certificate = makeCertificate("localhost");
  const standIn = await startMailStandIn({ certificate, isImplicit });
  const usual = getCACertificates();
  setDefaultCACertificates([...usual, certificate.cert]);
  const gateway = new SmtpMail(secureSettings(standIn, isImplicit));
  const arrived = () => standIn.taken.filter(({ isSecure }) => isSecure).flatMap(({ to }) => to);
  const stop = async () => {
    setDefaultCACertificates(usual);
    await gateway.close();
    await standIn.stop();
  };
  return { gateway, good: mail(), arrived, stop };
}

const secureSettings = (standIn: MailStandIn, isImplicit: boolean) => ({
  ...settingsOf(standIn),
  host: "localhost",
  tls: isImplicit ? ("implicit" as const) : ("starttls" as const),
});

async function vonageStage(isApplication: boolean): Promise<Stage> {
  const standIn = await startSmsStandIn();
  const gateway = vonageAt(standIn.url, isApplication);
  const arrived = () => standIn.taken.map(({ to }) => to);
  return { gateway, good: sms("+31612345678"), arrived, stop: () => standIn.stop() };
}

const settingsOf = ({ url }: MailStandIn) => ({
  host: "127.0.0.1",
  port: Number(new URL(url).port),
  tls: "none" as const,
  user: null,
  password: null,
  from: "Vestibule <no-reply@id.example>",
});

const smtpAt = (standIn: MailStandIn) => new SmtpMail(settingsOf(standIn));
