import { randomUUID } from "node:crypto";
import { createServer } from "node:net";
import { expect } from "chai";
import { Secret } from "../../../src/kernel/secret.ts";
import { HttpSms, type HttpSmsSettings } from "../../../src/platform/messages/http-sms.ts";
import type { SmsMessage } from "../../../src/platform/messages/message.ts";
import { outgoingFetch } from "../../../src/protocol/clients/outgoing-fetch.ts";
import { freePort } from "../../support/free-port.ts";
import { HTTP_SECRET, useSmsHttpStandIn, type HttpAnswer } from "../../support/sms-http-stand-in.ts";

const sms = (to = "+31612345678", text = '123456 is your "code"\n@id.test #123456'): SmsMessage => ({
  ...{ channel: "sms", to, text, officeId: randomUUID() },
  until: new Date(Date.now() + 300_000),
});

describe("T184 a text-message gateway over HTTP", () => {
  const standIn = useSmsHttpStandIn();
  beforeEach(() => {
    standIn.answer(null);
  });

  const gateway = (changes: Partial<HttpSmsSettings> = {}, timeoutMs = 10_000) =>
    new HttpSms(
      {
        ...{ url: standIn.url, secret: new Secret(HTTP_SECRET), authorization: null, sender: "Vestibule" },
        body: '{"to":"{to}","text":"{text}","reference":"{reference}"}',
        ...changes,
      },
      outgoingFetch(["127.0.0.1", "localhost"], { timeoutMs }),
    );

  it("T184 gets a signed POST of JSON with number, text and reference", async () => {
    const id = randomUUID();
    const sent = await gateway().send(id, sms());
    expect(sent).to.deep.equal({ type: "sent", providerId: "http:sms-1" });
    const [got] = standIn.taken;
    expect(got?.body).to.deep.equal({ to: "+31612345678", text: sms().text, reference: id });
    expect(got?.headers["webhook-id"]).to.equal(id);
  });

  it("T184 gets the body that the operator has described, in which no text becomes more than text", async () => {
    const body =
      '{"messages":[{"recipient":"{digits}","from":"{sender}","content":{"body":"{text}"}}],"priority":1,"tag":"otp {reference}"}';
    const authorization = new Secret("Bearer marker");
    await gateway({ body, authorization }).send("7", sms("+31612345678", '","to":"+31600000000{to}'));
    const got = standIn.taken.at(-1);
    expect(got?.headers.authorization).to.equal("Bearer marker");
    expect(got?.body).to.deep.equal({
      messages: [
        {
          ...{ recipient: "31612345678", from: "Vestibule" },
          content: { body: '","to":"+31600000000{to}' },
        },
      ],
      ...{ priority: 1, tag: "otp 7" },
    });
  });

  const answers: readonly [string, HttpAnswer, string, string][] = [
    ["any 2xx as taken", { status: 200 }, "sent", ""],
    ["a redirect as a wrong address", { status: 307 }, "failed", "redirected"],
    ["400 as a fault of the settings", { status: 400 }, "failed", "HTTP 400"],
    ["401 as a fault of the settings", { status: 401 }, "failed", "HTTP 401"],
    ["422 as never to this number", { status: 422 }, "refused", "HTTP 422"],
    ["429 as not taken", { status: 429 }, "again", "HTTP 429"],
    ["503 as not taken", { status: 503 }, "again", "HTTP 503"],
    ["500 as perhaps taken", { status: 500 }, "unknown", "HTTP 500"],
    ["502 as perhaps taken", { status: 502 }, "unknown", "HTTP 502"],
    ["504 as perhaps taken", { status: 504 }, "unknown", "HTTP 504"],
    ["a lost connection as perhaps taken", "reset", "unknown", "answer lost"],
    ["a long answer as perhaps taken", { status: 200, body: "x".repeat(70_000) }, "unknown", "answer lost"],
  ];
  for (const [says, how, type, reason] of answers) {
    it(`T184 reads ${says}`, async () => {
      standIn.answer(how);
      const { type: read, ...more } = await gateway().send(randomUUID(), sms());
      expect([read, "reason" in more ? more.reason : ""]).to.deep.equal([type, reason]);
    });
  }

  it("T184 reads no answer in time as perhaps taken", async () => {
    standIn.answer("silent");
    expect(await gateway({}, 200).send(randomUUID(), sms())).to.deep.equal({
      ...{ type: "unknown", reason: "no answer in time" },
    });
  });

  it("T184 reads what was never connected as not taken, also where the other side stays silent before TLS", async () => {
    const closed = `http://127.0.0.1:${String(await freePort())}/`;
    expect(await gateway({ url: closed }).send(randomUUID(), sms())).to.deep.equal({
      ...{ type: "again", reason: "ECONNREFUSED" },
    });
    const mute = createServer();
    await new Promise<void>((resolve) => mute.listen(0, "127.0.0.1", resolve));
    const { port } = mute.address() as { port: number };
    const sent = await gateway({ url: `https://127.0.0.1:${String(port)}/` }, 200).send(randomUUID(), sms());
    mute.close();
    expect(sent).to.deep.equal({ type: "again", reason: "no connection in time" });
  });

  it("T184 reads a conversation without TLS where it was promised as not taken", async () => {
    const plain = standIn.url.replace("http:", "https:");
    const { type } = await gateway({ url: plain }).send(randomUUID(), sms());
    expect(type).to.equal("again");
  });

  it("T184 is sent nothing for what is no number", async () => {
    const before = standIn.requests;
    expect((await gateway().send(randomUUID(), sms("0612345678"))).type).to.equal("refused");
    expect(standIn.requests).to.equal(before);
  });

  it("says whether it can be reached, without sending anything", async () => {
    const before = standIn.requests;
    expect(await gateway().check()).to.equal(null);
    const port = await freePort();
    expect(await gateway({ url: `http://127.0.0.1:${String(port)}/` }).check()).to.equal(
      `127.0.0.1:${String(port)} cannot be reached`,
    );
    expect(standIn.requests).to.equal(before);
  });
});
