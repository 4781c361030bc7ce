import { expect } from "chai";
import { asOwner } from "../../support/database.ts";
import { openGate } from "../../support/database-gate.ts";
import { eventually } from "../../support/eventually.ts";
import { HttpBrowser, type Page } from "../../support/http-browser.ts";
import { useLoggedProcess } from "../../support/logged-process.ts";
import { useMailStandIn } from "../../support/mail-stand-in.ts";
import {
  authorizationRequest,
  callToken,
  follow,
  openSignIn,
  redeem,
  sendPassword,
  signIn,
} from "../../support/relying-party.ts";
import { introspect, tokensFor, userinfo } from "../../support/tokens.ts";
import { useVestibule } from "../../support/use-vestibule.ts";
import { useResource } from "../../support/suite-resource.ts";

const END = "select pg_terminate_backend(pid) from pg_stat_activity where client_port = any($1)";
const END_WAITING = `${END} and wait_event_type = 'Lock'`;

/** Turns of each caller while connections are ended. */
const TURNS = 12;

describe("backends that end in the middle of their work", function () {
  this.timeout(60_000);

  const mail = useMailStandIn();
  const vestibule = useVestibule({
    settings: () => ({ ...mail.environment, VESTIBULE_MESSAGE_WORKERS: "no" }),
    application: {},
    user: {},
  });
  const { application, user } = vestibule;
  const gate = useResource(
    () => openGate(vestibule.database.url),
    (it) => it.shut(),
  );
  const server = useLoggedProcess(vestibule, () => ({
    DATABASE_URL: gate.url,
    VESTIBULE_MESSAGE_WORKERS: "yes",
    VESTIBULE_LOG_LEVEL: "warn",
  }));

  const newBrowser = () => new HttpBrowser(vestibule.issuer, server.port);
  const newRequest = () => authorizationRequest(vestibule.issuer, application);
  const ofOwner = (text: string) => asOwner(vestibule.database, text, [gate.clientPorts()]);
  const isReady = async () => (await newBrowser().get("/health/ready")).status === 200;
  /** As far as it goes: the page that says what is wrong, or what comes after the password. */
  const enter = async (browser: HttpBrowser) => {
    const redirect = await browser.get(newRequest().url);
    if (redirect.status !== 303) {
      return redirect;
    }
    const page = await browser.get(redirect.location);
    if (page.status !== 200) {
      return page;
    }
    const { username, password, office } = user;
    return sendPassword(browser, page, { officeCode: office.code, username, password });
  };
  const untilReady = () => eventually(isReady, (isSo) => isSo);

  /** Holds a table as long as `work` takes. */
  async function whileLocked(table: string, work: () => Promise<unknown>): Promise<void> {
    const locked = asOwner(
      vestibule.database,
      `begin; lock table ${table} in access exclusive mode; select pg_notify('vestibule_locked', ''); select pg_sleep(30)`,
    ).catch(() => undefined);
    await eventually(
      () => asOwner(vestibule.database, "select pid from pg_locks where relation = $1::regclass", [table]),
      (rows) => rows.length > 0,
    );
    try {
      await work();
    } finally {
      await asOwner(
        vestibule.database,
        "select pg_terminate_backend(pid) from pg_stat_activity where query like '%vestibule_locked%' and pid <> pg_backend_pid()",
      );
      await locked;
    }
  }

  for (const table of ["rate_limits", "sign_ins", "audit_events"]) {
    it(`answers 503 to requests that waited for ${table}, and serves all others`, async () => {
      await whileLocked(table, async () => {
        let answer: Page | null = null;
        void enter(newBrowser()).then((page) => {
          answer = page;
        });
        // Not only the request waits: the server's own work does as well.
        await eventually(
          () => ofOwner(END_WAITING).then(() => answer),
          (page) => page !== null,
        );
        expect(answer).to.deep.include({ status: 503 });
        expect(answer).to.have.nested.property("headers.retry-after", "5");
        expect((await newBrowser().get("/health/live")).status, "the process").to.equal(200);
      });
      await untilReady();
      expect((await follow(newBrowser(), await enter(newBrowser()))).status).to.be.below(500);
    });
  }

  it("keeps serving pages, programs and workers while connections end again and again", async () => {
    const tokens = await tokensFor(newBrowser(), application, user);
    const unknown = { grant_type: "refresh_token", refresh_token: "x".repeat(43) };
    const callers: readonly (readonly [expected: number, call: () => Promise<{ status: number }>])[] = [
      [303, () => newBrowser().get(newRequest().url)],
      [303, () => enter(newBrowser())],
      [400, () => callToken(newBrowser(), application, unknown)],
      [200, () => userinfo(newBrowser(), tokens.access)],
      [200, () => introspect(newBrowser(), application, tokens.access)],
    ];
    const seen = await Promise.all(
      callers.map(async ([expected, call]) => {
        const statuses: number[] = [];
        for (let turn = 0; turn < TURNS; turn += 1) {
          const answer = call();
          await ofOwner(END);
          statuses.push((await answer).status);
        }
        expect([expected, 503], "done, or asked to come again").to.include.members([...new Set(statuses)]);
        return statuses;
      }),
    );
    expect(seen.flat(), "some were hit").to.include(503);

    await untilReady();
    const request = newRequest();
    const browser = newBrowser();
    const redirect = await signIn(browser, request, user);
    expect((await redeem(browser, application, { redirect, request })).status).to.equal(200);
    expect((await userinfo(newBrowser(), tokens.access)).status).to.equal(200);
  });

  it("hands messages over afterwards", async () => {
    await ofOwner(END);
    const { database, messages } = vestibule.services;
    const officeId = user.office.id;
    await database.inOffice(officeId, (tx) =>
      messages.queue.send(tx, {
        channel: "mail",
        officeId,
        to: "after@mail.example",
        subject: "s",
        text: "t",
      }),
    );
    await eventually(
      () => Promise.resolve(mail.taken.filter(({ to }) => to.includes("after@mail.example"))),
      (taken) => taken.length === 1,
    );
  });

  it("T110 hears afterwards of what another process changes", async () => {
    const named = async (name: string) => {
      const page = await openSignIn(newBrowser(), newRequest());
      return page.body.includes(name);
    };
    await untilReady();
    expect(await named(application.application.name)).to.equal(true);
    await ofOwner(END);
    const changed = { ...application.application, name: "Renamed meanwhile" };
    await vestibule.services.applicationService.change(application.application, changed, "test");
    await eventually(
      () => named("Renamed meanwhile"),
      (isSo) => isSo,
    );
  });
});
