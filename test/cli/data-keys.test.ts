import { now } from "../../src/kernel/clock.ts";
import { randomUUID } from "node:crypto";
import { expect } from "chai";
import { homeOf, idAt, NO_OFFICE } from "../../src/kernel/home.ts";
import { copyFileSync, existsSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { SecretBox } from "../../src/kernel/secret.ts";
import { openMessage, sealMessage } from "../../src/platform/messages/message-content.ts";
import { readSecrets } from "../../src/platform/secrets/secrets-file.ts";
import { idAtHomeOf } from "../support/sql-ids.ts";
import { asOwner } from "../support/database.ts";
import { eventually } from "../support/eventually.ts";
import { HttpBrowser } from "../support/http-browser.ts";
import { startOtherProcess, type OtherProcess } from "../support/other-process.ts";
import { giveApp, hasCode, passPassword, sendForm, makeStrictUser } from "../support/second-factor.ts";
import { totpNow } from "../support/totp.ts";
import { runProgram, startProgram } from "./installation.ts";
import { useServices } from "../support/use-vestibule.ts";
import { useFresh } from "../support/suite-resource.ts";

const PEOPLE = 230;

describe("the data key on the command line", function () {
  this.timeout(240_000);
  const vestibule = useServices({ application: {} });
  const { application } = vestibule;
  let secret: string;
  let file: string;

  before(async () => {
    // No server of this process: it would run on with the keys of its start, and no step is done beside such a one.
    await vestibule.services.signingKeys.load();
    file = vestibule.settings.secretsFile;
  });
  const user = useFresh(() => makeStrictUser(vestibule.services));
  beforeEach(async () => {
    secret = (await giveApp(vestibule.services, user)).secret;
  });

  const keys = (...words: string[]) => runProgram(vestibule.environment, ["keys", ...words]);
  const ask = async (...words: string[]) => {
    const { code, out, error } = await keys(...words, "--json");
    expect(error).to.equal("");
    expect(code).to.equal(0);
    return JSON.parse(out) as Record<string, unknown>;
  };
  const content = () =>
    JSON.parse(readFileSync(file, "utf8")) as { dataKeys: string[]; pepper: string; cookieKeys: string[] };
  const marks = async () => {
    const rows = await asOwner<{ mark: string }>(
      vestibule.database,
      `select distinct encode(substring(s from 1 for 4), 'hex') as mark from (
         select sealed_secret as s from factors union all select sealed_private_jwk from signing_keys union all select sealed from webhooks
         union all select sealed_content from messages where sealed_content is not null) all_sealed`,
    );
    return rows.map(({ mark }) => mark);
  };
  /** Whether a user gets in with the app at a server that was started with the file of now. */
  const isLetIn = async (): Promise<boolean> => {
    const server: OtherProcess = await startOtherProcess(vestibule);
    try {
      const browser = new HttpBrowser(vestibule.issuer, server.port);
      const page = await passPassword(browser, application, user);
      return hasCode(await sendForm(browser, page, { code: totpNow(secret) }));
    } finally {
      await server.stop();
      await asOwner(vestibule.database, "update factors set last_step = 0");
    }
  };
  /** As many people as several batches hold, with what the one has sealed: it opens for none of them, so it is sealed for each. */
  const makeMany = async () => {
    const { box, totpStore } = vestibule.services.secondFactor;
    const rows = await asOwner<{ id: string }>(
      vestibule.database,
      `with made as (insert into subjects (home, id, office_id) select home_of($1), ${idAtHomeOf("$1::uuid")}, $1 from generate_series(1, $3) returning id)
       insert into users (home, id, office_id, username, username_key, name, role, password_hash, password_changed_at,
         valid_from, created_at, changed_at)
       select home_of($1), made.id, $1, made.id::text, made.id::text, 'Many', 'user', u.password_hash, now(), now(), now(), now()
       from made, users u where u.id = $2 returning id`,
      [user.office.id, user.id, PEOPLE],
    );
    const officeId = user.office.id;
    await vestibule.services.database.inOffice(officeId, async (tx) => {
      for (const { id } of rows) {
        const sealedSecret = box.seal(secret, `totp secret ${officeId} ${id}`);
        const factor = { sealedSecret, lastStep: 0, confirmedAt: now(), replaces: false };
        await totpStore.add(tx, { id, officeId }, factor);
      }
    });
  };

  it("T112 is changed in three steps, at each of which every user can sign in", async () => {
    const { service } = vestibule.services.webhooks;
    for (const officeId of [user.office.id, null]) {
      const hook = { name: "Directory", url: "https://hooks.example/", types: [] };
      await service.add(officeId, hook, { id: "command line", officeId: null, role: "operator" });
    }
    const before = content();
    const [oldMark = ""] = await marks();
    await ask("new-data-key");
    const added = content();
    expect(added.dataKeys).to.have.length(2);
    expect(added.dataKeys[1]).to.equal(before.dataKeys[0]);
    expect({ ...added, dataKeys: [] }).to.deep.equal({ ...before, dataKeys: [] });
    expect(statSync(file).mode & 0o777).to.equal(0o600);
    expect(await isLetIn(), "sealed by the old key").to.equal(true);

    const early = await keys("drop-old-data-keys");
    expect(early.code).to.equal(1);
    expect(early.error).to.contain('"npx vestibule keys re-encrypt"');
    expect(content()).to.deep.equal(added);

    const reEncrypted = await ask("re-encrypt");
    expect(reEncrypted["signingKeys"]).to.equal(1);
    expect(reEncrypted["factors"]).to.be.at.least(1);
    expect(reEncrypted["webhooks"]).to.equal(2);
    expect(await marks())
      .to.have.length(1)
      .and.not.include(oldMark);
    expect(await ask("re-encrypt"), "again").to.deep.equal({
      factors: 0,
      signingKeys: 0,
      messages: 0,
      webhooks: 0,
    });
    expect(await isLetIn(), "sealed by the new key").to.equal(true);

    expect((await ask("drop-old-data-keys"))["dropped"]).to.equal(1);
    expect(content().dataKeys).to.deep.equal([added.dataKeys[0]]);
    expect(statSync(file).mode & 0o777).to.equal(0o600);
    expect(await isLetIn(), "without the old key").to.equal(true);
    const events = await asOwner<{ type: string }>(
      vestibule.database,
      "select type from audit_events where type like 'data-key.%' order by id",
    );
    expect(events.map(({ type }) => type)).to.deep.equal([
      "data-key.added",
      "data-key.re-encrypted",
      "data-key.re-encrypted",
      "data-key.dropped",
    ]);
  });

  it("T112 brings messages that still wait along, of offices and of none, and they are readable afterwards", async () => {
    await startAnew();
    await asOwner(vestibule.database, "delete from messages");
    const ids = [await keepWaiting(user.office.id), await keepWaiting(null)];
    await ask("new-data-key");
    expect((await keys("drop-old-data-keys")).code, "before").to.equal(1);
    expect((await ask("re-encrypt"))["messages"]).to.equal(ids.length);
    expect((await ask("drop-old-data-keys"))["dropped"]).to.equal(1);
    const box = new SecretBox(readSecrets(file).dataKeys);
    for (const id of ids) {
      const [row] = await asOwner<{ sealed: Buffer }>(
        vestibule.database,
        "delete from messages where id = $1 returning sealed_content as sealed",
        [id],
      );
      expect(row && openMessage(box, id, row.sealed).text).to.equal("marker of a message that waits");
    }
  });

  /** A message without a job: nobody hands it over. */
  async function keepWaiting(officeId: string | null): Promise<string> {
    const { stores, secondFactor } = vestibule.services;
    const id = randomUUID();
    const text = "marker of a message that waits";
    const mail = { channel: "mail", to: "sanne@mail.example", subject: "Waits", text, officeId } as const;
    const at = new Date(Date.now());
    const sealed = sealMessage(secondFactor.box, id, mail);
    await stores.messages.inOfficeOf({ id, officeId }, (tx) =>
      stores.messages.add(tx, officeId, {
        json: JSON.stringify({
          ...{ id, channel: "mail", sealed: sealed.toString("hex"), until: at },
          ...{ job: idAt(officeId === null ? NO_OFFICE : homeOf(officeId)), queue: "no such queue" },
        }),
        at,
      }),
    );
    return id;
  }

  it("T112 can be changed by a command that was killed half-way, and then runs again", async () => {
    await startAnew();
    await makeMany();
    await ask("new-data-key");
    const running = startProgram(vestibule.environment, ["keys", "re-encrypt"]);
    const ended = new Promise((resolve) => running.once("close", resolve));
    await untilHalf();
    running.kill("SIGKILL");
    await ended;
    const half = await marks();
    expect(half, "old and new side by side").to.have.length(2);
    expect(await isLetIn(), "half-way").to.equal(true);
    expect((await keys("drop-old-data-keys")).code).to.equal(1);
    const rest = await ask("re-encrypt");
    expect(Number(rest["factors"]) + Number(rest["signingKeys"])).to.be.within(1, PEOPLE + 10);
    expect(await marks()).to.have.length(1);
    expect((await ask("drop-old-data-keys"))["dropped"]).to.equal(1);
    expect(await isLetIn()).to.equal(true);
  });

  /** The services of this process seal with the key of their start; the file gets that key back. */
  async function startAnew(): Promise<void> {
    const [key] = vestibule.services.secrets.dataKeys;
    const { dataKeys, ...rest } = content();
    const own = key?.reveal() ?? "";
    const all = [own, ...dataKeys.filter((one) => one !== own)];
    writeFileSync(file, JSON.stringify({ ...rest, dataKeys: all }));
    await ask("re-encrypt");
    await ask("drop-old-data-keys");
    expect(content().dataKeys).to.deep.equal([own]);
  }

  const untilHalf = () => eventually(marks, ({ length }) => length > 1, { everyMs: 1 });

  it("T112 is not changed by two commands at once, and leaves the file as it is when it cannot be written", async () => {
    const before = readFileSync(file, "utf8");
    copyFileSync(file, `${file}.new`);
    const { code, error } = await keys("new-data-key");
    expect(code).to.equal(1);
    expect(error).to.contain(".new is there");
    expect(readFileSync(file, "utf8")).to.equal(before);
    expect(existsSync(`${file}.new`), "another process's draft").to.equal(true);
    rmSync(`${file}.new`);
  });

  it("T112 is never printed", async () => {
    const { out, error } = await keys("re-encrypt");
    for (const key of content().dataKeys) {
      expect(out + error).to.not.contain(key);
    }
  });
});
