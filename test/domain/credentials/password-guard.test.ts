import { expect } from "chai";
import { newUserSchema } from "../../../src/domain/users/user.ts";
import { countArgon2 } from "../../support/argon2-jobs.ts";
import { openGuesser, type Verdict } from "../../support/guesser.ts";
import type { HttpBrowser } from "../../support/http-browser.ts";
import { makeOffice, makeUser, PASSWORD, type TestUser } from "../../support/people.ts";
import { signIn } from "../../support/relying-party.ts";
import { MINUTE, travel } from "../../support/time.ts";
import { useVestibule } from "../../support/use-vestibule.ts";

describe("the password guard", () => {
  const vestibule = useVestibule({
    settings: { VESTIBULE_GUARD_ADDRESS_TRIES: "10000" },
    office: { code: "NOORD" },
    application: {},
  });
  const { application, office, services } = vestibule;

  const typedFor = ({ username }: { username: string }, password: string) => ({
    officeCode: office.code,
    username,
    password,
  });

  /** One try from a browser that nobody knows, or from the given one. */
  async function enter(user: TestUser, password: string, browser = vestibule.browser()): Promise<Verdict> {
    return (await openGuesser(browser, application)).guess(typedFor(user, password));
  }

  /** A browser in which the user has signed in before, and has no session now. */
  async function familiarBrowser(user: TestUser): Promise<HttpBrowser> {
    const browser = vestibule.browser();
    await signIn(browser, vestibule.request(), user);
    browser.forget("vestibule-session");
    return browser;
  }

  /** As many different wrong passwords as asked for, from one strange browser. */
  async function guessFor(user: TestUser, tries: number): Promise<Verdict[]> {
    const guesser = await openGuesser(vestibule.browser(), application);
    const verdicts: Verdict[] = [];
    for (let index = 0; index < tries; index += 1) {
      verdicts.push(await guesser.guess(typedFor(user, `guess number ${String(index)}`)));
    }
    return verdicts;
  }

  it("T51 counts every way of writing one name as one account", async () => {
    const user = await makeUser(services, office, { username: "jan.ﬁsher" });
    const writings = [
      ["noord", "jan.fisher"],
      ["NOORD", "JAN.FISHER"],
      ["Noord", "Jan.Fisher"],
      [" noord", " jan.fisher"],
      ["noord ", "jan.fisher\t"],
      ["ＮＯＯＲＤ", "ｊａｎ.fisher"],
      ["noord", "jan.ﬁsher"],
      ["noord", "JAN．FISHER"],
      ["ⓝⓞⓞⓡⓓ", "jan.fisher"],
      ["noord\u00a0", "ʲᵃⁿ.fiſher"],
    ];
    const guesser = await openGuesser(vestibule.browser(), application);
    for (const [index, [officeCode = "", username = ""]] of writings.entries()) {
      const typed = { officeCode, username, password: `guess ${String(index)}` };
      expect(await guesser.guess(typed), `${officeCode} ${username}`).to.equal("wrong");
    }
    expect(await enter(user, PASSWORD), "the eleventh, right").to.equal("too-many");
  });

  it("T51 makes no two users whose names differ in writing alone, or look alike", async () => {
    await makeUser(services, office, { username: "jan" });
    for (const username of ["JAN", "jan ", " Jan", "ｊａｎ", "ⓙⓐⓝ"]) {
      const added = makeUser(services, office, { username });
      expect(await messageOf(added), username).to.contain("is taken");
    }
    // What no eye sees is left out of a name before anything else, so these are all "jan".
    for (const mark of ["\u200b", "\u200d", "\u00ad", "\u2060", "\ufeff", "\u3164", "\ufe0f"]) {
      const username = `ja${mark}n`;
      const code = mark.codePointAt(0)?.toString(16);
      expect(newUserSchema.parse({ username, name: "Jan" }).username, code).to.equal("jan");
      expect(await messageOf(makeUser(services, office, { username })), code).to.contain("is taken");
    }
    const lookAlikes = { cyrillic: "jаn", greek: "jαn", "turned round": "ja\u202en" };
    for (const [what, username] of Object.entries(lookAlikes)) {
      expect(newUserSchema.safeParse({ username, name: "Jan" }).success, what).to.equal(false);
    }
    const spaced = ["jan bakker", "jan  bakker"].map((username) => makeUser(services, office, { username }));
    expect((await Promise.allSettled(spaced)).filter(({ status }) => status === "rejected")).to.have.length(
      1,
    );
    expect(await messageOf(makeOffice(services, { code: "noord " }))).to.contain("is taken");
  });

  it("T51 looks at no more than ten of forty passwords that come at the same moment", async () => {
    const user = await makeUser(services, office);
    const guessers = await Promise.all(
      Array.from({ length: 40 }, () => openGuesser(vestibule.browser(), application)),
    );
    const { answer, jobs } = await countArgon2(() =>
      Promise.all(guessers.map((guesser, index) => guesser.guess(typedFor(user, `guess ${String(index)}`)))),
    );
    expect(jobs).to.equal(10);
    expect(answer.filter((verdict) => verdict === "too-many")).to.have.length(30);
    expect(await enter(user, PASSWORD)).to.equal("too-many");
  });

  it("T55 lets the owner in from a familiar browser while a stranger sends 200 wrong passwords", async () => {
    const user = await makeUser(services, office);
    const browser = await familiarBrowser(user);
    const verdicts = await guessFor(user, 200);
    expect(verdicts.filter((verdict) => verdict === "wrong")).to.have.length(10);
    expect(verdicts.filter((verdict) => verdict === "too-many")).to.have.length(190);
    expect(await enter(user, PASSWORD), "unfamiliar browser").to.equal("too-many");
    expect(await enter(user, PASSWORD, browser), "familiar browser").to.equal("right");
  });

  it("T55 counts wrong passwords of a familiar browser by themselves", async () => {
    const user = await makeUser(services, office);
    const browser = await familiarBrowser(user);
    const guesser = await openGuesser(browser, application);
    for (let index = 0; index < 10; index += 1) {
      expect(await guesser.guess(typedFor(user, `guess ${String(index)}`))).to.equal("wrong");
    }
    expect(await guesser.guess(typedFor(user, PASSWORD)), "this browser").to.equal("too-many");
    expect(await enter(user, PASSWORD), "another browser").to.equal("right");
  });

  it("T55 gives no counter of its own to a browser that only says it is familiar", async () => {
    const user = await makeUser(services, office);
    const colleague = await makeUser(services, office);
    await guessFor(user, 10);
    const forged = vestibule.browser();
    forged.plant("vestibule-browser", "A".repeat(43));
    forged.plant("vestibule-browser.sig", "A".repeat(27));
    expect(await enter(user, PASSWORD, forged), "forged").to.equal("too-many");
    expect(await enter(user, PASSWORD, await familiarBrowser(colleague)), "a colleague's").to.equal(
      "too-many",
    );
  });

  it("T55 counts the same wrong password once, however often a program repeats it", async () => {
    const user = await makeUser(services, office);
    const guesser = await openGuesser(vestibule.browser(), application);
    for (let index = 0; index < 30; index += 1) {
      const old = `the password of last year ${String(index % 3)}`;
      expect(await guesser.guess(typedFor(user, old))).to.equal("wrong");
    }
    expect(await enter(user, PASSWORD)).to.equal("right");
  });

  it("T55 ends the count with the right password, and the waiting with the window", async () => {
    const user = await makeUser(services, office);
    await guessFor(user, 9);
    expect(await enter(user, PASSWORD)).to.equal("right");
    expect(await guessFor(user, 11)).to.deep.equal([...Array<Verdict>(10).fill("wrong"), "too-many"]);
    travel(14 * MINUTE);
    expect(await enter(user, PASSWORD), "after 14 minutes").to.equal("too-many");
    travel(2 * MINUTE);
    expect(await enter(user, PASSWORD), "after 16 minutes").to.equal("right");
  });

  it("T55 touches nobody whose mail address is another's username", async () => {
    const mail = "joost@mail.example";
    const user = await makeUser(services, office, { username: "joost", mail });
    const namesake = await makeUser(services, office, { username: mail });
    await guessFor(namesake, 11);
    expect(await enter(namesake, PASSWORD)).to.equal("too-many");
    expect(await enter(user, PASSWORD)).to.equal("right");
  });

  it("T55 touches nobody of the same name in another office", async () => {
    const user = await makeUser(services, office, { username: "namesake" });
    const elsewhere = await makeOffice(services);
    await makeUser(services, elsewhere, { username: "namesake" });
    await guessFor(user, 11);
    const guesser = await openGuesser(vestibule.browser(), application);
    const typed = { officeCode: elsewhere.code, username: "namesake", password: PASSWORD };
    expect(await guesser.guess(typed)).to.equal("right");
  });
});

async function messageOf(work: Promise<unknown>): Promise<string> {
  return work.then(
    () => "done",
    (error: unknown) => (error instanceof Error ? error.message : "not an error"),
  );
}
