import { expect } from "chai";
import { openGate, type DatabaseGate } from "../../support/database-gate.ts";
import { eventually } from "../../support/eventually.ts";
import { HttpBrowser } from "../../support/http-browser.ts";
import { startLoggedProcess, type LoggedProcess } from "../../support/logged-process.ts";
import { useMailStandIn } from "../../support/mail-stand-in.ts";
import { makeApplication, makeOffice, type TestApplication } from "../../support/people.ts";
import { introspect } from "../../support/tokens.ts";
import { useVestibule } from "../../support/use-vestibule.ts";

/** How long a copy of an application is used without a sign of life, and what a dead connection costs on top. */
const BOUND_MS = 20_000 + 12_000;

describe("a server whose database vanishes without a word", function () {
  this.timeout(60_000);
  let gate: DatabaseGate;
  let server: LoggedProcess;
  let application: TestApplication;
  let officeId: string;

  const mail = useMailStandIn();
  const vestibule = useVestibule({
    settings: () => ({ ...mail.environment, VESTIBULE_MESSAGE_WORKERS: "no" }),
  });
  const { services } = vestibule;
  before(async () => {
    officeId = (await makeOffice(services)).id;
    application = await makeApplication(services);
  });
  beforeEach(async () => {
    gate = await openGate(vestibule.database.url);
    server = await startLoggedProcess(vestibule, {
      DATABASE_URL: gate.url,
      VESTIBULE_MESSAGE_WORKERS: "yes",
      VESTIBULE_LOG_LEVEL: "warn",
    });
  });
  afterEach(async () => {
    await server.stop();
    await gate.shut();
  });

  const newBrowser = () => new HttpBrowser(vestibule.issuer, server.port);
  const ask = (secret = application.secret) =>
    introspect(newBrowser(), { id: application.id, secret }, "x".repeat(43));
  const send = (to: string) =>
    services.database.inOffice(officeId, (tx) =>
      services.messages.queue.send(tx, { channel: "mail", officeId, to, subject: "s", text: "t" }),
    );
  const arrived = (to: string) =>
    eventually(
      () => Promise.resolve(mail.taken.filter((each) => each.to.includes(to)).length),
      (count) => count === 1,
      { seconds: 40 },
    );

  it("T110 refuses a former secret within its bound, hands messages over again and serves", async () => {
    await send("before@mail.example");
    await arrived("before@mail.example");
    expect((await ask()).status, "its copy is kept").to.equal(200);
    gate.forget();
    const cutOffAt = performance.now();
    const newSecret = await services.applicationService.rotateSecret(application.application, "test");
    await send("after@mail.example");
    let lastTakenAt = cutOffAt;
    await eventually(
      async () => {
        const askedAt = performance.now();
        const { status } = await ask();
        lastTakenAt = status === 200 ? askedAt : lastTakenAt;
        return status;
      },
      (status) => status === 401,
      { seconds: 40 },
    );
    expect(lastTakenAt - cutOffAt).to.be.below(BOUND_MS);
    expect((await ask(newSecret.reveal())).status).to.equal(200);
    await arrived("after@mail.example");
  });

  it("ends within 10 seconds of SIGTERM, with requests and messages in hand", async () => {
    gate.silence();
    const answers = [1, 2, 3].map(() => newBrowser().get("/health/ready"));
    const asked = [1, 2, 3].map(() =>
      ask("another").then(
        ({ status }) => status,
        () => "broken off",
      ),
    );
    await send("unseen@mail.example");
    expect((await Promise.all(answers)).map(({ status }) => status)).to.deep.equal([503, 503, 503]);
    const began = performance.now();
    await server.stop();
    expect(performance.now() - began).to.be.below(10_000);
    expect(new Set(await Promise.all(asked)), "no answer is made up").to.not.include(200);
  });
});
