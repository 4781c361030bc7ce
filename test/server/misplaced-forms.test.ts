import { expect } from "chai";
import { FUZZED } from "../support/fuzz/fuzz.ts";
import { makeStage, type Actor, type Stage } from "../support/fuzz/stages.ts";
import { formPatterns, formsAt, type ReadyForm } from "../support/forms.ts";
import { follow, hiddenField } from "../support/relying-party.ts";
import { BY_HAND } from "../support/outbox.ts";
import { changes, stateOf } from "../support/state.ts";
import { useSmsStandIn } from "../support/sms-stand-in.ts";
import { useVestibule } from "../support/use-vestibule.ts";

const ACTORS = ["user", "superuser", "support"] as const satisfies Actor[];

describe("a form of the account or the console in the wrong place", function () {
  this.timeout(60_000);
  const provider = useSmsStandIn();
  const vestibule = useVestibule({
    settings: () => ({ ...provider.environment, ...FUZZED, ...BY_HAND }),
    application: {},
  });

  interface Place {
    readonly stage: Stage;
    readonly forms: readonly ReadyForm[];
  }
  const places = new Map<Actor, Place>();
  const others = new Map<Actor, Place>();

  before(async () => {
    for (const actor of ACTORS) {
      const patterns = await formPatterns(vestibule, actor);
      for (const kept of [places, others]) {
        const stage = await makeStage(vestibule, actor);
        kept.set(actor, { stage, forms: await formsAt(stage, patterns) });
      }
    }
  });

  /** Sends each form of everyone in a wrong way; each is refused, and no row of the database has changed. */
  async function expectRefused(
    statuses: readonly number[],
    send: (place: Place, form: ReadyForm, index: number) => { path: string; fields: ReadyForm["fields"] },
  ): Promise<void> {
    const before = await stateOf(vestibule.database);
    for (const [actor, place] of places) {
      expect(place.forms.length, actor).to.be.greaterThan(2);
      for (const [index, form] of place.forms.entries()) {
        const { path, fields } = send(place, form, index);
        const { status } = await place.stage.browser.copy().post(path, fields);
        expect(status, `${actor}: ${form.path} sent to ${path}`).to.be.oneOf(statuses);
      }
    }
    expect(changes(before, await stateOf(vestibule.database))).to.deep.equal([]);
  }

  it("T137 changes nothing at the address of another page", () =>
    expectRefused([403], ({ forms }, { path, fields }, index) => {
      const next = forms[(index + 1) % forms.length];
      return { path: next?.path ?? path, fields };
    }));

  it("T137 changes nothing at the address of another page with the fields that belong there", () =>
    expectRefused([403], ({ forms }, { path, fields }, index) => {
      const next = forms[(index + 1) % forms.length];
      return { path: next?.path ?? path, fields: { ...next?.fields, _csrf: fields["_csrf"] ?? "" } };
    }));

  it("T137 changes nothing with the token of another person's session", () =>
    expectRefused([403], ({ stage }, { path, fields }, index) => {
      const theirs = others.get(stage.actor)?.forms[index];
      return { path, fields: { ...fields, _csrf: theirs?.fields["_csrf"] ?? "" } };
    }));

  it("T137 changes nothing with the fields of another form", async () => {
    const before = await stateOf(vestibule.database);
    for (const [actor, { stage, forms }] of places) {
      // A page that asks for one click has nothing but the token, its button and what was shown; no other form has this token.
      const asking = forms.filter(({ fields }) => ownNames(fields).length > 0);
      for (const [index, { path, fields }] of asking.entries()) {
        const own = ownNames(fields);
        const next = Object.entries(asking[(index + 1) % asking.length]?.fields ?? {});
        const foreign = Object.fromEntries(next.filter(([name]) => !own.includes(name)));
        await stage.browser.copy().post(path, { ...foreign, _csrf: fields["_csrf"] ?? "" });
        const changed = changes(before, await stateOf(vestibule.database));
        expect(changed, `${actor}: ${path}`).to.deep.equal([]);
      }
    }
  });

  const ownNames = (fields: ReadyForm["fields"]): string[] =>
    Object.keys(fields).filter((name) => !["_csrf", "decision", "seen"].includes(name));

  it("T137 leads to the sign-in after a sign-out, and changes nothing", async () => {
    const stale = new Map([...places].map(([actor, { stage }]) => [actor, stage.browser.copy()]));
    for (const { stage } of places.values()) {
      const page = await stage.browser.get("/sign-out");
      const fields = { xsrf: hiddenField(page, "xsrf"), logout: "yes" };
      await follow(stage.browser, await stage.browser.post("/sign-out/confirm", fields));
    }
    const before = await stateOf(vestibule.database);
    for (const [actor, { forms }] of places) {
      for (const { path, fields } of forms) {
        const { status, location } = await (stale.get(actor)?.post(path, fields) ?? expect.fail());
        expect(status, `${actor}: ${path}`).to.equal(303);
        expect(location, `${actor}: ${path}`).to.contain("/authorize?");
      }
    }
    expect(changes(before, await stateOf(vestibule.database))).to.deep.equal([]);
  });
});
