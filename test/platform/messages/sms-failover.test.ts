import { expect } from "chai";
import { asOwner } from "../../support/database.ts";
import { eventually } from "../../support/eventually.ts";
import { signatureOf, signedHeaders, useSmsHttpStandIn } from "../../support/sms-http-stand-in.ts";
import { useSmsStandIn } from "../../support/sms-stand-in.ts";
import { withSmsTimeout } from "../../support/test-settings.ts";
import { MINUTE, travel } from "../../support/time.ts";
import { useVestibule } from "../../support/use-vestibule.ts";

describe("T184 text messages through Vonage, and through a gateway of one's own where Vonage takes none", () => {
  const vonage = useSmsStandIn();
  const http = useSmsHttpStandIn();
  const vestibule = useVestibule({
    settings: () => ({
      ...{ ...vonage.environment, ...http.environment, ...withSmsTimeout(500) },
      VESTIBULE_SMS_GATEWAY: "vonage,http",
    }),
    office: {},
  });
  const { office } = vestibule;
  let minutes = 0;

  beforeEach(() => {
    vonage.fault(null);
    http.answer(null);
    // No provider is passed over any more. Each test begins at the real time.
    minutes += 10;
    travel(minutes * MINUTE);
  });

  const queued = (to: string): Promise<string> => {
    const { messages, database } = vestibule.services;
    const until = new Date(Date.now() + 300_000);
    const message = { channel: "sms", to, text: "code", officeId: office.id, until } as const;
    return database.inOffice(office.id, (tx) => messages.queue.send(tx, message));
  };
  const stored = async (id: string) => {
    const text = "select state, reason from messages where id = $1";
    return (await asOwner<{ state: string; reason: string | null }>(vestibule.database, text, [id]))[0];
  };
  /** The state that a message has got to. */
  const settled = async (id: string) =>
    eventually(
      () => stored(id),
      (row) => row !== undefined && !["waiting", "sending"].includes(row.state),
    );
  const numbersOf = () => http.taken.map(({ body }) => body["to"]);

  it("T184 goes on with the second, and keeps why", async () => {
    vonage.fault("503");
    const id = await queued("+31612340000");
    expect(await settled(id)).to.deep.equal({ state: "sent", reason: "vonage: HTTP 503" });
    expect(numbersOf()).to.include("+31612340000");
  });

  it("T184 stays with the first where it may have taken the message, and sends nothing twice", async () => {
    vonage.fault("silent");
    const id = await queued("+31612341111");
    expect(await settled(id)).to.deep.equal({ state: "unknown", reason: "vonage: no answer in time" });
    expect([vonage.asked("+31612341111"), numbersOf().includes("+31612341111")]).to.deep.equal([1, false]);
    const next = await queued("+31612342222");
    expect(await settled(next), "the next message goes elsewhere").to.deep.equal({
      ...{ state: "sent", reason: null },
    });
    expect(numbersOf()).to.include("+31612342222");
  });

  describe("a receipt of the gateway", () => {
    const post = (body: string, headers: Readonly<Record<string, string>> = signedHeaders(body)) =>
      vestibule.browser().send(`${vestibule.issuer}/webhooks/sms/status`, { method: "POST", body, headers });
    const sent = async () => {
      vonage.fault("503");
      const id = await queued("+31612343333");
      await settled(id);
      return { id, theirs: `sms-${String(http.taken.length)}` };
    };
    const stateOf = async (id: string) => (await stored(id))?.state;

    it("T184 says that a message was delivered, by our id or by the gateway's", async () => {
      for (const name of ["reference", "id"] as const) {
        const { id, theirs } = await sent();
        const body = JSON.stringify({ status: "delivered", [name]: name === "id" ? theirs : id });
        expect((await post(body)).status).to.equal(204);
        expect(await stateOf(id), name).to.equal("delivered");
        await post(JSON.stringify({ status: "failed", reference: id }));
        expect(await stateOf(id), "and stays so").to.equal("delivered");
      }
    });

    it("T184 is believed by its signature alone", async () => {
      const { id } = await sent();
      const body = JSON.stringify({ status: "delivered", reference: id });
      const right = signedHeaders(body);
      const forged: Readonly<Record<string, Record<string, string>>> = {
        "no signature": { "content-type": "application/json" },
        "another id": { ...right, "webhook-id": "evt_2" },
        "another time": { ...right, "webhook-timestamp": String(Math.floor(Date.now() / 1000) + 1) },
        "no number as time": { ...right, "webhook-timestamp": "now" },
        "another key": {
          ...right,
          "webhook-signature": signatureOf(
            ...([right["webhook-id"] ?? "", right["webhook-timestamp"] ?? "", body] as const),
            Buffer.alloc(32),
          ),
        },
        "another scheme": {
          ...right,
          "webhook-signature": `v2,${(right["webhook-signature"] ?? "").slice(3)}`,
        },
        "of a time that is over": signedHeaders(body, Date.now() - 6 * MINUTE),
        "of a time to come": signedHeaders(body, Date.now() + 6 * MINUTE),
      };
      for (const [name, headers] of Object.entries(forged)) {
        expect((await post(body, headers)).status, name).to.equal(401);
      }
      expect((await post(body.replace("delivered", "failed"), right)).status, "another body").to.equal(401);
      expect(await stateOf(id)).to.equal("sent");
      const two = { ...right, "webhook-signature": `v1,AAAA ${right["webhook-signature"] ?? ""}` };
      expect((await post(body, two)).status, "one of two signatures").to.equal(204);
    });

    it("changes nothing for an unknown message or an unknown state, and reads no broken body", async () => {
      const { id } = await sent();
      for (const body of [
        JSON.stringify({ status: "delivered", id: "sms-none" }),
        JSON.stringify({ status: "read by a cat", reference: id }),
        JSON.stringify({ status: "constructor", reference: id }),
      ]) {
        expect((await post(body)).status).to.equal(204);
      }
      expect((await post("{")).status).to.equal(400);
      expect(await stateOf(id)).to.equal("sent");
    });
  });
});
