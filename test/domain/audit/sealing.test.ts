import { spawn, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";
import { expect } from "chai";
import { homeOf } from "../../../src/kernel/home.ts";
import { asOwner } from "../../support/database.ts";
import { eventually } from "../../support/eventually.ts";
import { HttpBrowser } from "../../support/http-browser.ts";
import { makeApplication, makeOffice, makeUser, type TestOffice } from "../../support/people.ts";
import { authorizationRequest, signIn } from "../../support/relying-party.ts";
import { seeded } from "../../support/seeded.ts";
import { startVestibule } from "../../support/vestibule.ts";
import { useVestibule } from "../../support/use-vestibule.ts";

const random = seeded();

const PROGRAM = fileURLToPath(new URL("../../support/sealing-process.ts", import.meta.url));

describe("sealing the audit log", () => {
  const vestibule = useVestibule();
  const offices: TestOffice[] = [];

  before(async () => {
    offices.push(await makeOffice(vestibule.services), await makeOffice(vestibule.services));
  });

  const sealed = async () => {
    const [row] = await asOwner<{ count: number }>(
      vestibule.database,
      "select count(*)::integer as count from audit_seals",
    );
    return row?.count ?? 0;
  };

  async function startSealing(): Promise<ChildProcess> {
    const child = spawn(process.execPath, [PROGRAM], {
      env: { PATH: process.env["PATH"], ...vestibule.environment },
      stdio: ["ignore", "pipe", "inherit"],
    });
    await once(child.stdout, "data");
    return child;
  }

  async function end(child: ChildProcess, signal: NodeJS.Signals): Promise<void> {
    const ended = once(child, "exit");
    child.kill(signal);
    await ended;
  }

  /** Events of both offices at the same moment, some in transactions that end later than younger ones. */
  const writeSome = (rounds: number) =>
    Promise.all(
      offices.flatMap(({ id }) =>
        Array.from({ length: rounds }, () =>
          vestibule.services.audit.inOffice(id, async (tx) => {
            await vestibule.services.audit.add(tx, {
              type: "sign-in",
              outcome: "ok",
              officeId: id,
              actor: "x",
            });
            await tx.query({ name: "dawdle", text: "select pg_sleep($1)" }, [random.next() * 0.02]);
          }),
        ),
      ),
    );

  async function expectWhole(): Promise<void> {
    while ((await vestibule.services.stores.auditSeals.seal(1_000)) > 0);
    for (const { id, code } of offices) {
      const report = await vestibule.services.auditLog.verification.verify(id);
      expect(report, code).to.include({ unsealed: 0, fault: null });
      const [row] = await asOwner<{ count: number }>(
        vestibule.database,
        "select count(*)::float8 as count from audit_events where office_id = $1",
        [id],
      );
      expect(report.checked, code).to.equal(row?.count);
    }
  }

  it("T109 forks no chain and loses no event when several processes seal what many write", async () => {
    const others = await Promise.all([startSealing(), startSealing()]);
    await writeSome(100);
    await Promise.all(others.map((child) => end(child, "SIGTERM")));
    await expectWhole();
  });

  it(`T109 survives kill -9 at any moment (seed ${String(random.seed)})`, async () => {
    for (let turn = 0; turn < 3; turn += 1) {
      const child = await startSealing();
      const writing = writeSome(40);
      const enough = (await sealed()) + Math.ceil(random.next() * 40);
      await eventually(sealed, (count) => count >= enough, { everyMs: 1 });
      await end(child, "SIGKILL");
      await writing;
    }
    await expectWhole();
  });

  it("leaves a chain that another process seals to it, and nobody who writes waits", async () => {
    const [office] = offices;
    const officeId = office?.id ?? "";
    const { services } = vestibule;
    await writeSome(1);
    await services.database.transaction(async (tx) => {
      await tx.query({ name: "seal_and_hold", text: "select seal_audit_events(home_of($1), $1, 1000)" }, [
        officeId,
      ]);
      await writeSome(1);
      const before = await services.auditLog.verification.verify(officeId);
      expect(before.fault).to.equal(null);
      expect(before.unsealed).to.be.greaterThan(0);
    });
    await expectWhole();
  });

  it("is done by the server itself, within seconds", async () => {
    const second = await startVestibule();
    const office = await makeOffice(second.services);
    const user = await makeUser(second.services, office);
    const application = await makeApplication(second.services);
    await signIn(
      new HttpBrowser(second.issuer, second.settings.port),
      authorizationRequest(second.issuer, application),
      user,
    );
    await eventually(
      () => second.services.auditLog.verification.verify(office.id),
      ({ unsealed, checked }) => unsealed === 0 && checked === 3,
      { everyMs: 50 },
    );
    await second.stop();
  });

  it("reads each event a few times at most, also where the statistics know of none", async () => {
    const EVENTS = 500;
    const { database, audit } = vestibule.services;
    const { id: officeId } = await makeOffice(vestibule.services);
    await asOwner(vestibule.database, "vacuum (analyze) audit_events, audit_seals");
    const event = { type: "sign-in", outcome: "ok", officeId, actor: "test" } as const;
    const subjects = Array.from({ length: EVENTS }, (_, number) => `user ${String(number)}`);
    await audit.inOffice(officeId, (tx) => audit.addEach(tx, event, subjects));
    await database.transaction(async (tx) => {
      const read = async () => {
        const [row] = await tx.query<{ rows: number }>(ROWS_READ);
        return row?.rows ?? 0;
      };
      const before = await read();
      await tx.query(SEAL, [homeOf(officeId), officeId]);
      expect((await read()) - before).to.be.within(EVENTS, 10 * EVENTS);
    });
    const counted = await asOwner<{ events: number }>(
      vestibule.database,
      "select events::integer from audit_days where chain = $1 and kind = 'sign-in'",
      [officeId],
    );
    expect(counted).to.deep.equal([{ events: EVENTS }]);
  });
});

const SEAL = { name: "test_seal", text: "select seal_audit_events($1::smallint, $2, 1000)" };
const ROWS_READ = {
  name: "test_audit_rows_read",
  text: `select sum(coalesce(seq_tup_read, 0) + coalesce(idx_tup_fetch, 0))::integer as rows
         from pg_stat_xact_user_tables where relname in ('audit_events', 'audit_seals')`,
};
