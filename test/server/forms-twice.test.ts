import { expect } from "chai";
import { asOwner } from "../support/database.ts";
import { formAt, formPatterns, type ReadyForm } from "../support/forms.ts";
import { FUZZED } from "../support/fuzz/fuzz.ts";
import { makeStage, type Actor, type Stage } from "../support/fuzz/stages.ts";
import type { Page } from "../support/http-browser.ts";
import { BY_HAND } from "../support/outbox.ts";
import { changes, effectsOf, stateOf } from "../support/state.ts";
import { useSmsStandIn } from "../support/sms-stand-in.ts";
import { useVestibule } from "../support/use-vestibule.ts";

const ACTORS = ["user", "superuser", "support"] as const satisfies Actor[];

/** Buttons that may be pressed again, and what they then do again. */
const AGAIN: Readonly<Record<string, string>> = {
  "/account/sessions/others": "ends what has been proved since",
  "/account/trusted/all": "ends what trusted browsers have proved since",
  "/console/o/:office/applications/:application/try": "begins another try",
  "/console/o/:office/users/:user/number": "enters the number anew",
  "/console/o/:office/users/:user/end-sessions": "ends what has been proved since",
  "/console/o/:office/users/:user/end-trust": "ends what trusted browsers have proved since",
};

describe("a form of the account or the console that is sent twice", function () {
  this.timeout(120_000);
  const provider = useSmsStandIn();
  const vestibule = useVestibule({
    settings: () => ({ ...provider.environment, ...FUZZED, ...BY_HAND }),
    application: {},
  });

  interface Sent {
    readonly pattern: string;
    readonly path: string;
    readonly answers: readonly Page[];
    /** What the first sending, or both at once, have changed. */
    readonly first: readonly string[];
    /** What another sending has changed after it. */
    readonly second: readonly string[];
  }

  /** Sends every form, each from its own page; where a page is gone with what was sent before, in a new place. */
  async function sendAll(actor: Actor, times: number): Promise<Sent[]> {
    let stage = await makeStage(vestibule, actor);
    const sent: Sent[] = [];
    for (const pattern of await formPatterns(vestibule, actor)) {
      let form = await formAt(stage, pattern);
      if (form === null) {
        stage = await makeStage(vestibule, actor);
        form = await formAt(stage, pattern);
      }
      if (form !== null) {
        sent.push({ pattern, ...(await send(stage, form, times)) });
      }
    }
    return sent;
  }

  /** `times` at once, and then once more. */
  async function send(
    { browser }: Stage,
    { path, fields }: ReadyForm,
    times: number,
  ): Promise<Omit<Sent, "pattern">> {
    const post = () => browser.copy().post(path, fields);
    // Wrong codes of forms before count on, and the third one tells the user: two that arrive one after the other, and one more, are three.
    const forget = () => asOwner(vestibule.database, "delete from second_factor_guard");
    await forget();
    // A form before may have ended the sessions of this same second, and the row would not change again.
    await asOwner(vestibule.database, "update users set valid_from = valid_from - interval '1 minute'");
    const before = await stateOf(vestibule.database);
    const answers = await Promise.all(Array.from({ length: times }, post));
    const between = await stateOf(vestibule.database);
    await forget();
    answers.push(await post());
    const after = await stateOf(vestibule.database);
    return { path, answers, first: changes(before, between), second: changes(between, after) };
  }

  /**
   * Leaves out what was kept of forms that came too late: each answer that only leads back, to the page or through the sign-in, may keep
   * its own form for its own user. Any other draft remains an effect.
   */
  function withoutKept(lines: readonly string[], path: string, answers: readonly Page[]): readonly string[] {
    const late = answers.filter(
      ({ status, location }) =>
        status === 303 &&
        (location === `${vestibule.issuer}${path}` || location.startsWith(`${vestibule.issuer}/authorize?`)),
    );
    const kept = lines.length - effectsOf(lines).length;
    return kept <= late.length ? effectsOf(lines) : lines;
  }

  const met = new Set<string>();

  /** How many rows of which tables were added, changed or removed. */
  const shapeOf = (lines: readonly string[]) => lines.map((line) => line.split(":", 1)[0]).sort();

  for (const actor of ACTORS) {
    it(`T137 has one effect, also when both arrive at once (${actor})`, async () => {
      const once = await sendAll(actor, 1);
      const atOnce = await sendAll(actor, 2);
      expect(once.map(({ pattern }) => pattern)).to.deep.equal(atOnce.map(({ pattern }) => pattern));
      expect(once.filter(({ first }) => first.length > 0)).to.have.length.greaterThan(
        actor === "support" ? 0 : 5,
      );
      for (const [index, { pattern, path, answers, first, second }] of once.entries()) {
        const twin = atOnce[index] ?? expect.fail();
        met.add(pattern);
        [...answers, ...twin.answers].forEach(({ status }) => {
          expect(status, pattern).to.be.oneOf([200, 303, 400, 403, 404]);
        });
        if (AGAIN[pattern] === undefined) {
          const again = withoutKept(second, path, answers.slice(1));
          expect(again, `${pattern}, once more`).to.deep.equal([]);
          const afterBoth = withoutKept(twin.second, twin.path, twin.answers.slice(2));
          expect(afterBoth, `${pattern}, once more after both`).to.deep.equal([]);
          const both = withoutKept(twin.first, twin.path, twin.answers.slice(0, 2));
          expect(shapeOf(both), `${pattern}, both at once`).to.deep.equal(shapeOf(first));
        }
      }
    });
  }

  it("T137 may be sent again where that is an order of its own, and only there", () => {
    expect([...met]).to.include.members(Object.keys(AGAIN));
  });
});
