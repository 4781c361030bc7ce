import { expect } from "chai";
import { asOwner } from "../support/database.ts";
import { redeem } from "../support/relying-party.ts";
import {
  giveApp,
  pageName,
  passPassword,
  sendForm,
  sibling,
  makeStrictUser,
} from "../support/second-factor.ts";
import { MINUTE, travel } from "../support/time.ts";
import { refresh, tokensOf } from "../support/tokens.ts";
import { totpNow } from "../support/totp.ts";
import { useVestibule } from "../support/use-vestibule.ts";
import { runProgram } from "./installation.ts";
import { useFresh } from "../support/suite-resource.ts";

const TABLES = ["oidc_models", "sign_ins", "recovery_codes"];

describe("a restored backup", function () {
  this.timeout(120_000);
  const vestibule = useVestibule({ application: {} });
  const user = useFresh(() => makeStrictUser(vestibule.services));
  const app = useFresh(() => giveApp(vestibule.services, user));

  const query = <Row>(text: string, values: unknown[] = []) => asOwner<Row>(vestibule.database, text, values);
  const request = (extra: Record<string, string> = {}) => vestibule.request(extra);
  const backUp = () => inTurn(TABLES.map((table) => `create table backup_${table} as table ${table}`));
  const restore = () =>
    inTurn(
      TABLES.flatMap((table) => [
        `delete from ${table}`,
        `insert into ${table} select * from backup_${table}`,
        `drop table backup_${table}`,
      ]),
    );
  const inTurn = async (texts: readonly string[]) => {
    for (const text of texts) {
      await query(text);
    }
  };
  const afterRestore = async (...options: string[]) => {
    const words = ["after-restore", ...options, "--json"];
    const { code, out, error } = await runProgram(vestibule.environment, words);
    expect([code, error]).to.deep.equal([0, ""]);
    return JSON.parse(out) as { ended: number; offices: number };
  };
  const signInWith = async (field: "code" | "recoveryCode", value: string) => {
    const browser = vestibule.browser();
    const challenge = await passPassword(browser, vestibule.application, user);
    const page = field === "code" ? challenge : await browser.get(sibling(challenge, "recovery-code"));
    return { browser, answer: await sendForm(browser, page, { [field]: value }) };
  };

  it("T114 brings no used code or token back to life, and no session", async () => {
    const { browser } = await signInWith("code", totpNow(app.secret));
    const asked = request();
    const redirect = new URL((await browser.get(asked.url)).location);
    await backUp();
    const tokens = tokensOf(await redeem(browser, vestibule.application, { redirect, request: asked }));
    expect((await refresh(browser, vestibule.application, tokens.refresh)).status).to.equal(200);
    const [used = "", unused = ""] = app.codes;
    expect(pageName((await signInWith("recoveryCode", used)).answer)).to.equal("recovered");
    await restore();
    expect((await afterRestore()).ended).to.be.greaterThan(3);
    expect((await redeem(browser, vestibule.application, { redirect, request: asked })).status).to.equal(400);
    expect((await refresh(browser, vestibule.application, tokens.refresh)).status).to.equal(400);
    expect((await browser.get(request({ prompt: "none" }).url)).location).to.contain("error=login_required");
    for (const code of [used, unused]) {
      expect((await signInWith("recoveryCode", code)).answer.status).to.equal(400);
    }
    travel(2 * MINUTE);
    expect((await signInWith("code", totpNow(app.secret))).answer.status, "the app is as it was").to.equal(
      303,
    );
  });

  it("T114 ends links, trust, familiar browsers, requests and messages that wait", async () => {
    const { services } = vestibule;
    const office = user.office.id;
    await query(
      `insert into one_time_links (home, hash, office_id, user_id, purpose, newest_only, data, made_at, ends_at)
       values (home_of($1), decode(repeat('ab', 32), 'hex'), $1, $2, 'password-reset', true, '{}', now(), now() + interval '1 day')`,
      [office, user.id],
    );
    await query(
      `insert into approval_requests (home, id, office_id, user_id, action, reason, requested_by, requested_at, ends_at)
       values (home_of($1), gen_random_uuid(), $1, $2, 'reset', 'called', $2, now(), now() + interval '1 day')`,
      [office, user.id],
    );
    await query(
      `insert into familiar_browsers (home, office_id, user_id, browser, proved_at, expires_at)
       values (home_of($1), $1, $2, decode(repeat('cd', 32), 'hex'), now(), now() + interval '1 day')`,
      [office, user.id],
    );
    const until = new Date(Date.now() + 60_000);
    await services.database.inOffice(office, (tx) =>
      services.messages.queue.send(tx, {
        channel: "sms",
        to: "+31612345678",
        text: "1",
        officeId: office,
        until,
      }),
    );
    await afterRestore();
    const left = await query<{ links: number; familiar: number; open: number; waiting: number }>(
      `select (select count(*) from one_time_links)::integer as links,
         (select count(*) from familiar_browsers)::integer as familiar,
         (select count(*) from approval_requests where state = 'open')::integer as open,
         (select count(*) from messages where state in ('waiting', 'sending'))::integer as waiting`,
    );
    expect(left).to.deep.equal([{ links: 0, familiar: 0, open: 0, waiting: 0 }]);
    const events = await query<{ office_id: string }>(
      "select office_id from audit_events where type = 'backup.restored' and office_id = $1",
      [office],
    );
    expect(events).to.have.lengthOf(1);
  });

  it("can keep the recovery codes", async () => {
    await afterRestore("--keep-recovery-codes");
    const { answer } = await signInWith("recoveryCode", app.codes[0] ?? "");
    expect(pageName(answer)).to.equal("recovered");
  });
});
