import { expect } from "chai";
import { useMailStandIn } from "../support/mail-stand-in.ts";
import { HTTP_SECRET, useSmsHttpStandIn } from "../support/sms-http-stand-in.ts";
import { MAGIC, useSmsStandIn } from "../support/sms-stand-in.ts";
import { runProgram, useInstallation } from "./installation.ts";

describe("the doctor and messages", function () {
  this.timeout(60_000);
  const provider = useSmsStandIn();
  const gateway = useSmsHttpStandIn();
  const server = useMailStandIn();
  const here = useInstallation();

  const doctor = (...words: string[]) =>
    runProgram({ ...here.environment, ...provider.environment, ...server.environment }, ["doctor", ...words]);

  it("sends what is asked for and says in one line what came of it", async () => {
    const { out } = await doctor("--sms", "+31612345678", "--mail", "you@mail.example");
    expect(out).to.match(/^ok {4}Test mail .*taken by the provider/m);
    expect(out).to.match(/^ok {4}Test message .*taken by the provider as /m);
    expect(out).to.match(/^ok {4}Mail .*smtp, which answers/m);
    expect(out).to.match(/^ok {4}Text messages .*vonage, which answers/m);
    expect([provider.taken.length, server.taken.length]).to.deep.equal([1, 1]);
  });

  it("T35 says why nothing was sent, and no secret", async () => {
    const { out, error, code } = await doctor(
      "--sms",
      `+3161234${MAGIC["no-credit"]}`,
      "--mail",
      "nobody@mail.example",
    );
    expect(code).to.equal(1);
    expect(out).to.match(/^fail {2}Test message .*status 9/m);
    expect(out).to.match(/^fail {2}Test mail .*never to this recipient/m);
    expect(out + error).to.not.contain("marker-of");
  });

  it("T184 tries each of two providers, and says in which order they are asked", async () => {
    const environment = {
      ...{ ...here.environment, ...provider.environment, ...gateway.environment },
      ...{ VESTIBULE_SMS_GATEWAY: "http,vonage", VESTIBULE_SMS_HTTP_DAILY: "500" },
    };
    const { out, error } = await runProgram(environment, ["doctor", "--sms", "+31612345678"]);
    expect(out).to.match(/^ok {4}Text messages .*go through http, 500 a day at most, which answers/m);
    expect(out).to.match(/^ok {4}Text messages .*vonage where the one before takes none, which answers/m);
    expect(out).to.match(/^ok {4}Test message \(http\) .*taken by the provider as http:sms-1/m);
    expect(out).to.match(/^ok {4}Test message \(vonage\) .*taken by the provider as /m);
    expect(out + error).to.not.contain(HTTP_SECRET);
  });

  it("sends nothing unasked", async () => {
    const before = [provider.requests, server.taken.length];
    await doctor();
    expect([provider.requests, server.taken.length]).to.deep.equal(before);
  });
});
