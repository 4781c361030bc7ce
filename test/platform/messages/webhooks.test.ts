import { randomUUID } from "node:crypto";
import { createRequire } from "node:module";
import { Vonage } from "@vonage/server-sdk";
import { expect } from "chai";
import { messageStatus } from "../../support/message-status.ts";
import type { SmsStatus } from "../../../src/platform/messages/message.ts";
import { eventually } from "../../support/eventually.ts";
import {
  API_KEY,
  SIGNATURE_SECRET,
  signedReceipt,
  webhookToken,
  useSmsStandIn,
} from "../../support/sms-stand-in.ts";
import { startVestibule } from "../../support/vestibule.ts";
import { useVestibule } from "../../support/use-vestibule.ts";

// Part of the library, which does not hand it on.
const library = createRequire(createRequire(import.meta.url).resolve("@vonage/server-sdk"));
const { verifySignature } = library("@vonage/jwt") as {
  verifySignature: (token: string, secret: string) => boolean;
};

/** Another letter of base64url that ends the same 32 bytes: the last one has two bits too many. */
const respelled = (last: string): string => {
  const letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
  return letters[letters.indexOf(last) + 1] ?? expect.fail();
};

describe("receipts of the SMS provider", () => {
  /** A message that was sent, by its own id and the provider's. */
  let id: string;
  let providerId: string;

  const provider = useSmsStandIn();
  const vestibule = useVestibule({ settings: () => provider.environment, office: {} });
  const { office } = vestibule;
  beforeEach(async () => {
    const { messages, database } = vestibule.services;
    const until = new Date(Date.now() + 300_000);
    const message = { channel: "sms", to: "+31612345678", text: "code", officeId: office.id, until } as const;
    id = await database.inOffice(office.id, (tx) => messages.queue.send(tx, message));
    const status = await eventually(find, (found) => found?.state === "sent");
    expect(status?.state).to.equal("sent");
    providerId = provider.taken.at(-1)?.id ?? "";
  });

  const find = (): Promise<SmsStatus | null> => messageStatus(vestibule.services.database, office.id, id);
  const state = async () => (await find())?.state;
  const at = (path: string) => `${vestibule.issuer}/webhooks/vonage/${path}`;
  const fields = (changes: Record<string, string> = {}) => ({
    msisdn: "31612345678",
    to: "Vestibule",
    "network-code": "20408",
    messageId: providerId,
    price: "0.07",
    status: "delivered",
    scts: "2101010000",
    "err-code": "0",
    "api-key": API_KEY,
    "message-timestamp": "2021-01-01 00:00:00",
    timestamp: "1609459200",
    nonce: randomUUID(),
    ...changes,
  });
  const byForm = async (parameters: URLSearchParams) =>
    (await fetch(at("receipts"), { method: "POST", body: parameters })).status;
  const body = (changes: Record<string, unknown> = {}) =>
    JSON.stringify({
      message_uuid: providerId,
      to: "31612345678",
      channel: "sms",
      status: "delivered",
      ...changes,
    });
  const byJson = async (text: string, token: string) => {
    const headers = { "content-type": "application/json", authorization: `Bearer ${token}` };
    return (await fetch(at("status"), { method: "POST", body: text, headers })).status;
  };

  it("T35 are heard as form, as JSON and as query", async () => {
    const ways = [
      () => byForm(signedReceipt(fields())),
      async () => {
        const json = JSON.stringify(Object.fromEntries(signedReceipt(fields())));
        const headers = { "content-type": "application/json" };
        return (await fetch(at("receipts"), { method: "POST", body: json, headers })).status;
      },
      async () => (await fetch(`${at("receipts")}?${signedReceipt(fields()).toString()}`)).status,
    ];
    for (const way of ways) {
      await byForm(signedReceipt(fields({ status: "buffered" })));
      expect(await way()).to.equal(204);
      expect(await state()).to.equal("delivered");
    }
  });

  it("T35 are believed when the provider's own library would believe them, and not otherwise", async () => {
    const good = body();
    for (const [token, isGood] of [
      [webhookToken(good), true],
      [webhookToken(good).replace(/.(?=.{9}$)/, (one) => (one === "A" ? "B" : "A")), false],
      [webhookToken(good).replace(/.$/, respelled), false],
    ] as const) {
      expect(verifySignature(token, SIGNATURE_SECRET)).to.equal(isGood);
      expect(await byJson(good, token)).to.equal(isGood ? 204 : 401);
    }
    expect(await state()).to.equal("delivered");
    const { sig = "", ...signed } = Object.fromEntries(signedReceipt(fields({ "err-code": "a&b=c" })));
    const { sms } = new Vonage({ apiKey: API_KEY, apiSecret: "none", privateKey: "" });
    expect(sms.verifySignature(sig, signed, SIGNATURE_SECRET, "SHA256HMAC" as never)).to.equal(true);
    expect(await byForm(new URLSearchParams({ ...signed, sig }))).to.equal(204);
  });

  it("T35 are heard by our own reference too", async () => {
    expect(await byForm(signedReceipt(fields({ messageId: "another", "client-ref": id })))).to.equal(204);
    expect(await state()).to.equal("delivered");
  });

  const words = {
    delivered: "delivered",
    accepted: "sent",
    buffered: "sent",
    failed: "failed",
    rejected: "refused",
  };
  for (const [word, expected] of Object.entries({
    ...words,
    expired: "expired",
    unknown: "sent",
    nonsense: "sent",
  })) {
    it(`T35 read "${word}" as ${expected}`, async () => {
      expect(await byForm(signedReceipt(fields({ status: word })))).to.equal(204);
      expect(await state()).to.equal(expected);
    });
  }

  it("T35 may come twice and out of order: delivered stays delivered", async () => {
    for (const status of [
      "delivered",
      "delivered",
      "buffered",
      "accepted",
      "failed",
      "expired",
      "rejected",
    ]) {
      expect(await byForm(signedReceipt(fields({ status })))).to.equal(204);
      expect(await state(), status).to.equal("delivered");
    }
  });

  it("T35 may be of a message that nobody knows", async () => {
    const strange = fields({ messageId: randomUUID(), "client-ref": randomUUID() });
    expect(await byForm(signedReceipt(strange))).to.equal(204);
    expect(await byForm(signedReceipt({ ...strange, "client-ref": "' or true --" }))).to.equal(204);
    expect(await state()).to.equal("sent");
  });

  it("T35 are refused without a signature, with a wrong one, and of another account", async () => {
    const changed = signedReceipt(fields({ status: "failed" }));
    changed.set("status", "delivered");
    const unsigned = new URLSearchParams(fields());
    const empty = new URLSearchParams({ ...fields(), sig: "" });
    const other = signedReceipt(fields({ "api-key": "another1" }));
    const weaker = signedReceipt(fields(), "md5hash");
    for (const parameters of [changed, unsigned, empty, other, weaker]) {
      expect(await byForm(parameters), parameters.toString()).to.equal(401);
    }
    expect(await state()).to.equal("sent");
  });

  it("T35 are refused when they are no receipt, or too large", async () => {
    const twice = signedReceipt(fields());
    twice.append("status", "failed");
    expect(await byForm(twice)).to.equal(400);
    const headers = { "content-type": "application/json" };
    for (const text of ["{", "[]", '{"a":{"b":1}}', ""]) {
      expect((await fetch(at("receipts"), { method: "POST", body: text, headers })).status, text).to.equal(
        400,
      );
    }
    for (const path of ["receipts", "status"]) {
      const large = "x".repeat(10 * 1024 * 1024);
      const status = await fetch(at(path), { method: "POST", body: large, headers }).then(
        (answer) => answer.status,
        // The server may hang up on a caller that goes on talking.
        () => 413,
      );
      expect(status, path).to.equal(413);
    }
    expect(await state()).to.equal("sent");
  });

  it("T35 of the Messages API are heard with a token over exactly their body", async () => {
    expect(await byJson(body(), webhookToken(body()))).to.equal(204);
    expect(await state()).to.equal("delivered");
    expect(await byJson(body({ status: "submitted" }), webhookToken(body({ status: "submitted" })))).to.equal(
      204,
    );
    expect(await state()).to.equal("delivered");
  });

  it("T35 of the Messages API are refused with any other token", async () => {
    const now = Math.floor(Date.now() / 1000);
    const none = Buffer.from('{"alg":"none"}').toString("base64url");
    const [, payload = "", signature = ""] = webhookToken(body()).split(".");
    const tokens = {
      none: "",
      "another body's": webhookToken(body({ status: "failed" })),
      "an old one": webhookToken(body(), { iat: now - 26 * 3_600 }),
      "one of the future": webhookToken(body(), { iat: now + 3_600 }),
      "without a time": webhookToken(body(), { iat: undefined }),
      "without the body's hash": webhookToken(body(), { payload_hash: undefined }),
      "another account's": webhookToken(body(), { api_key: "another1" }),
      "without an algorithm": `${none}.${payload}.`,
      "another algorithm's": `${none}.${payload}.${signature}`,
      "a changed one": `${webhookToken(body())}x`,
    };
    for (const [what, token] of Object.entries(tokens)) {
      expect(await byJson(body(), token), what).to.equal(401);
    }
    expect(await state()).to.equal("sent");
  });

  it("T35 are not there where messages go to the outbox, and refused where no secret can check them", async () => {
    const plain = await startVestibule();
    expect((await fetch(`${plain.issuer}/webhooks/vonage/receipts?a=b`)).status).to.equal(404);
    await plain.stop();
    const open = await startVestibule({ ...provider.environment, VESTIBULE_VONAGE_SIGNATURE_SECRET: "" });
    const url = `${open.issuer}/webhooks/vonage/receipts?${signedReceipt(fields()).toString()}`;
    expect((await fetch(url)).status).to.equal(401);
    await open.stop();
  });
});
