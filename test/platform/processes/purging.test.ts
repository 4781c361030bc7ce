import { execFile } from "node:child_process";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { expect } from "chai";
import { AuditStore } from "../../../src/domain/audit/audit-store.ts";
import { asOwner } from "../../support/database.ts";
import { makeApplication } from "../../support/people.ts";
import { passPassword, makeStrictUser } from "../../support/second-factor.ts";
import { DAY, duringMoment } from "../../support/time.ts";
import { useVestibule } from "../../support/use-vestibule.ts";
import { useResource } from "../../support/suite-resource.ts";

const PRELOAD = fileURLToPath(new URL("../../support/wrong-clock.ts", import.meta.url));
const PROGRAM = fileURLToPath(new URL("../../support/purging-process.ts", import.meta.url));
const run = promisify(execFile);

/** What is removed by its time, and how a row there is made older. */
const KEPT = {
  oidc_models: "expires_at",
  sign_ins: "expires_at",
  console_drafts: "expires_at",
  api_requests: "expires_at",
  rate_limits: "window_ends",
  message_directory: "made_at",
  signing_keys: "expires_at",
} as const;

describe("what removes what is over", function () {
  this.timeout(40_000);
  const vestibule = useVestibule();
  const user = useResource(() => makeStrictUser(vestibule.services));
  before(async () => {
    await passPassword(vestibule.browser(), await makeApplication(vestibule.services), user);
    await fill();
  });

  const owner = <Row>(text: string, values: unknown[] = []) => asOwner<Row>(vestibule.database, text, values);
  const countAll = async () => {
    const counts = Object.keys(KEPT).map(
      (table) => `select '${table}' as name, count(*)::integer from ${table}`,
    );
    const events = "select 'audit_events', count(*)::integer from audit_events where type = 'sign-in'";
    const rows = await owner<{ name: string; count: number }>([...counts, events].join(" union all "));
    return Object.fromEntries(rows.map(({ name, count }) => [name, count]));
  };
  const purgeWithClockOffBy = (milliseconds: number) =>
    run(process.execPath, ["--import", PRELOAD, PROGRAM], {
      env: { PATH: process.env["PATH"], ...vestibule.environment, TEST_CLOCK_OFF_MS: String(milliseconds) },
    });

  /** A live row where the sign-in has left none. */
  async function fill() {
    await owner(
      "insert into console_drafts (home, id, sealed, expires_at) values (0, '\\x01', '\\x01', now() + interval '10 minutes')",
    );
    await owner(
      "insert into api_requests (home, id, fingerprint, begun_at, expires_at) values (0, '\\x01', '\\x01', now(), now() + interval '1 day')",
    );
    await owner(
      "insert into rate_limits (home, scope, key, used, window_ends) values (0, 'sms-office', '\\x0001', 1, now() + interval '1 hour')",
    );
    await owner(
      "insert into message_directory (home, id, office_id, made_at) values (0, gen_random_uuid(), null, now())",
    );
    await vestibule.makeApplication({ idTokenAlgorithm: "EdDSA" });
    await owner("update signing_keys set expires_at = now() + interval '1 day' where algorithm = 'EdDSA'");
    // The oldest of its chain, which alone can be removed.
    await owner("delete from audit_unsealed");
    await owner("delete from audit_events where office_id = $1", [user.office.id]);
    const old = new AuditStore(vestibule.services.database);
    const event = { type: "sign-in", outcome: "ok", officeId: user.office.id, actor: user.id } as const;
    await duringMoment(new Date(Date.now() - 600 * DAY), () => old.addAlone(event));
    while ((await vestibule.services.stores.auditSeals.seal(100)) > 0);
  }

  it("leaves everything alone that lives, in a process whose clock is 400 days ahead", async () => {
    const before = await countAll();
    expect(Object.values(before), JSON.stringify(before)).to.not.include(0);
    await purgeWithClockOffBy(400 * DAY);
    expect(await countAll()).to.deep.equal(before);
  });

  it("removes what is over by the database's clock, in a process whose clock is 400 days behind", async () => {
    for (const [table, column] of Object.entries(KEPT)) {
      await owner(`update ${table} set ${column} = now() - interval '31 days' where ${column} is not null`);
    }
    await vestibule.makeApplication({ idTokenAlgorithm: "EdDSA" });
    await owner("update signing_keys set expires_at = null where algorithm <> 'EdDSA'");
    const { signing_keys: keys } = await countAll();
    await purgeWithClockOffBy(-400 * DAY);
    const { audit_events: events, ...after } = await countAll();
    expect(after).to.deep.equal({
      ...Object.fromEntries(Object.keys(KEPT).map((table) => [table, 0])),
      signing_keys: (keys ?? 0) - 1,
    });
    expect(events).to.be.above(0);
  });
});
