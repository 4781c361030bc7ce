import { expect } from "chai";
import { countArgon2 } from "../../support/argon2-jobs.ts";
import { makeCrowd } from "../../support/crowd.ts";
import { asOwner } from "../../support/database.ts";
import { openGuesser, verdictOf, type Typed } from "../../support/guesser.ts";
import { type Page } from "../../support/http-browser.ts";
import { TESTER, makeOffice, makeUser } from "../../support/people.ts";
import { AT_FULL_COST } from "../../support/test-settings.ts";
import { useVestibule } from "../../support/use-vestibule.ts";

const SAMPLES = 80;

describe("what a stranger learns from the password page", () => {
  const vestibule = useVestibule({
    settings: {
      ...AT_FULL_COST,
      VESTIBULE_GUARD_ADDRESS_TRIES: "10000",
      VESTIBULE_GUARD_OFFICE_TRIES: "100000",
    },
    office: { code: "NOORD" },
    application: {},
  });

  before(async () => {
    const { services } = vestibule;
    const closed = await makeOffice(services, { code: "DICHT" });
    await makeUser(services, vestibule.office, { username: "sanne" });
    await makeUser(services, closed, { username: "sanne" });
    await blockSecondFactor((await makeUser(services, vestibule.office, { username: "bruno" })).id);
    await makeUser(services, vestibule.office, { username: "daan1" });
    await disable("daan1");
    const found = await services.offices.findByCode("DICHT");
    if (found !== null) {
      await services.officeService.change({ ...found, status: "closed" }, "test");
    }
  });

  /** Names of one length each, so that answers can be compared to the byte. */
  const cases: Readonly<Record<string, Omit<Typed, "password">>> = {
    "wrong password": { officeCode: "noord", username: "sanne" },
    "unknown user": { officeCode: "noord", username: "nobod" },
    "unknown office": { officeCode: "zuide", username: "sanne" },
    "disabled user": { officeCode: "noord", username: "daan1" },
    "blocked user": { officeCode: "noord", username: "bruno" },
    "closed office": { officeCode: "dicht", username: "sanne" },
  };

  it("T4 answers unknown office, unknown user, disabled user and wrong password alike", async () => {
    const expected = await answerTo("wrong password");
    expect(verdictOf(expected.page)).to.equal("wrong");
    for (const name of Object.keys(cases)) {
      expect((await answerTo(name)).shown, name).to.deep.equal(expected.shown);
    }
  });

  it("T4 refuses a disabled user and a closed office with the right password like with a wrong one", async () => {
    const expected = await answerTo("wrong password");
    for (const name of ["disabled user", "closed office"]) {
      expect((await answerTo(name, "plum-teapot-ladder-42")).shown, name).to.deep.equal(expected.shown);
    }
  });

  it("T4 stops guessing at a name that nobody has exactly like at a real one", async () => {
    const answers: Record<string, unknown> = {};
    for (const [name, { officeCode, username }] of Object.entries({
      known: { officeCode: "noord", username: "emma1" },
      unknown: { officeCode: "noord", username: "emma2" },
      elsewhere: { officeCode: "zuide", username: "emma1" },
    })) {
      if (name === "known") {
        await makeUser(vestibule.services, vestibule.office, { username });
      }
      const guesser = await openGuesser(vestibule.browser(), vestibule.application);
      for (let guess = 0; guess < 10; guess += 1) {
        await guesser.guess({ officeCode, username, password: `guess ${String(guess)}` });
      }
      const typed = { officeCode, username, password: "guess 10" };
      const { answer, jobs } = await countArgon2(() => guesser.send(typed));
      expect(verdictOf(answer), name).to.equal("too-many");
      answers[name] = { shown: shownBy(answer, typed), jobs };
    }
    expect(answers["unknown"]).to.deep.equal(answers["known"]);
    expect(answers["elsewhere"]).to.deep.equal(answers["known"]);
  });

  it("T5 does the same work for a name that nobody has as for a wrong password", async () => {
    for (const name of Object.keys(cases)) {
      const { jobs } = await countArgon2(() => answerTo(name));
      expect(jobs, name).to.equal(1);
    }
    for (const name of Object.keys(cases)) {
      const { jobs } = await countArgon2(() => answerTo(name, "x".repeat(2_000)));
      expect(jobs, `${name}, endless password`).to.equal(0);
    }
  });

  it("T5 takes the same time for a name that nobody has as for a wrong password", async function () {
    this.timeout(240_000);
    const colleague = await makeUser(vestibule.services, vestibule.office, { username: "femke" });
    const crowd = await makeCrowd(vestibule, colleague, SAMPLES);
    const guesser = await openGuesser(vestibule.browser(), vestibule.application);
    const times = { wrong: [] as number[], user: [] as number[], office: [] as number[] };
    const measure = async (kind: keyof typeof times, typed: Omit<Typed, "password">) => {
      const started = performance.now();
      await guesser.send({ ...typed, password: "not the password" });
      times[kind].push(performance.now() - started);
    };
    for (const [index, { username }] of crowd.entries()) {
      const nobody = username.replace("femke", "fedde");
      const samples = [
        () => measure("wrong", { officeCode: "noord", username }),
        () => measure("user", { officeCode: "noord", username: nobody }),
        () => measure("office", { officeCode: "zuide", username }),
      ];
      // Each kind comes first, second and last equally often.
      for (let place = 0; place < samples.length; place += 1) {
        await samples[(place + index) % samples.length]?.();
      }
    }
    expect(median(times.user) / median(times.wrong), "unknown user").to.be.within(0.75, 1.33);
    expect(median(times.office) / median(times.wrong), "unknown office").to.be.within(0.75, 1.33);
  });

  async function answerTo(
    name: string,
    password = "not-the-password",
  ): Promise<{ page: Page; shown: unknown }> {
    const typed = { officeCode: "", username: "", ...cases[name], password };
    const guesser = await openGuesser(vestibule.browser(), vestibule.application);
    const page = await guesser.send(typed);
    return { page, shown: shownBy(page, typed) };
  }

  async function disable(username: string): Promise<void> {
    const { users, administration } = vestibule.services;
    const user = await users.findByUsername(vestibule.office.id, username);
    if (user === null) {
      throw new Error(`No user ${username}.`);
    }
    await administration.users.disable(user, TESTER);
  }

  const blockSecondFactor = (userId: string) =>
    asOwner(
      vestibule.database,
      `insert into second_factor_guard (home, office_id, user_id, failed_attempts, blocked_until)
       values (home_of($1), $1, $2, 3, now() + interval '1 hour')`,
      [vestibule.office.id, userId],
    );
});

/** An answer without what differs in any two answers: time, ids, one-time values, and what was typed. */
function shownBy({ status, headers, body, location, url }: Page, typed: Typed) {
  const uid = /\/interaction\/([^/]+)/.exec(url)?.[1] ?? "";
  const nonce = /'nonce-([^']+)'/.exec(String(headers["content-security-policy"]))?.[1] ?? "";
  const mask = (text: string) =>
    text
      .replaceAll(uid, "UID")
      .replaceAll(nonce, "NONCE")
      .replaceAll(`value="${typed.officeCode}"`, 'value="OFFICE"')
      .replaceAll(`value="${typed.username}"`, 'value="USERNAME"')
      .replaceAll(/name="_csrf" value="[^"]*"/g, 'name="_csrf" value="TOKEN"');
  const { date: _date, "x-request-id": _id, ...others } = headers;
  return { status, location, body: mask(body), headers: mask(JSON.stringify(others)) };
}

function median(values: readonly number[]): number {
  const sorted = [...values].sort((one, other) => one - other);
  return sorted[Math.floor(sorted.length / 2)] ?? Number.NaN;
}
