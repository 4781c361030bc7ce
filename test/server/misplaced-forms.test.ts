import { expect } from "chai";
import { asOwner } from "../support/database.ts";
import { FUZZED } from "../support/fuzz/fuzz.ts";
import { makeStage, type Actor, type Stage } from "../support/fuzz/stages.ts";
import { formPatterns, formsAt, type ReadyForm } from "../support/forms.ts";
import { follow, hiddenField } from "../support/relying-party.ts";
import type { Page } from "../support/http-browser.ts";
import { BY_HAND } from "../support/outbox.ts";
import { changes, effectsOf, stateOf } from "../support/state.ts";
import { useSmsStandIn } from "../support/sms-stand-in.ts";
import { useVestibule } from "../support/use-vestibule.ts";

/** Fields that every page takes. */
const MOST_FIELDS = 50;
/** More than any page takes. */
const TOO_MANY = Object.fromEntries(Array.from({ length: 400 }, (_, index) => [`more${String(index)}`, "1"]));

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
    readonly patterns: readonly string[];
  }
  const places = new Map<Actor, Place>();
  const others = new Map<Actor, Place>();

  before(async () => {
    for (const actor of ACTORS) {
      const patterns = await formPatterns(vestibule, actor);
      for (const kept of [places, others]) {
        const stage = await makeStage(vestibule, actor);
        kept.set(actor, { stage, patterns, forms: await formsAt(stage, patterns) });
      }
    }
  });

  it("T137 is one of every page that has one", () => {
    for (const [actor, { forms, patterns }] of places) {
      expect(forms, patterns.join(" ")).to.have.lengthOf(patterns.length);
      const ownerless = forms.filter(({ fields }) => fields["_owner"] === undefined);
      expect(ownerless, `${actor}: forms that would be lost with their session`).to.deep.equal([]);
    }
  });

  /** Where and what a form is sent instead. */
  interface Wrong {
    readonly path: string;
    readonly fields: ReadyForm["fields"];
  }
  type Spoil = (place: Place, form: ReadyForm, index: number) => Wrong;

  /** Sends each form of everyone in a wrong way, and hands each answer on. Answers what has changed. */
  async function sendAll(spoil: Spoil, expectAnswer: (answer: Page, path: string, what: string) => void) {
    const before = await stateOf(vestibule.database);
    for (const [actor, place] of places) {
      expect(place.forms.length, actor).to.be.greaterThan(2);
      for (const [index, form] of place.forms.entries()) {
        const { path, fields } = spoil(place, form, index);
        const answer = await place.stage.browser.copy().post(path, fields);
        expectAnswer(answer, path, `${actor}: ${form.path} sent to ${path}`);
      }
    }
    return changes(before, await stateOf(vestibule.database));
  }

  /** Each is refused, and no row of the database has changed: not even a draft is kept. */
  async function expectRefused(spoil: Spoil, status = 403): Promise<void> {
    const changed = await sendAll(spoil, (answer, _path, what) =>
      expect(answer.status, what).to.equal(status),
    );
    expect(changed).to.deep.equal([]);
  }

  /** Each leads back to its page, where the user finds it and has to send it again; nothing else has changed. */
  async function expectKept(spoil: Spoil): Promise<void> {
    const changed = await sendAll(spoil, ({ status, location }, path, what) => {
      expect([status, location], what).to.deep.equal([303, `${vestibule.issuer}${path}`]);
    });
    expect(effectsOf(changed)).to.deep.equal([]);
    await expectOneDraftEach();
  }

  /** No more drafts than forms: each is kept under its own user and page. Removes them. */
  async function expectOneDraftEach(): Promise<void> {
    const drafts = await asOwner(vestibule.database, "delete from console_drafts returning id");
    expect(drafts).to.have.lengthOf([...places.values()].flatMap(({ forms }) => forms).length);
  }

  const without = (fields: ReadyForm["fields"], ...names: string[]): ReadyForm["fields"] =>
    Object.fromEntries(Object.entries(fields).filter(([name]) => !names.includes(name)));

  /** As many as any page takes, with those that say whose form it is. */
  const short = ({ _csrf = "", _owner = "", ...fields }: ReadyForm["fields"]): ReadyForm["fields"] =>
    Object.fromEntries(
      [...Object.entries({ _csrf, _owner }), ...Object.entries(fields)].slice(0, MOST_FIELDS),
    );

  it("T137 changes nothing at the address of another page", () =>
    expectRefused(({ forms }, { path, fields }, index) => {
      const next = forms[(index + 1) % forms.length];
      return { path: next?.path ?? path, fields: short(fields) };
    }));

  it("T137 changes nothing with more fields than the page has", () =>
    expectRefused(({ forms }, { path, fields }, index) => {
      const next = forms[(index + 1) % forms.length];
      return { path: next?.path ?? path, fields: { ...fields, ...TOO_MANY } };
    }, 400));

  const atNext: Spoil = ({ forms }, { path, fields }, index) => {
    const next = forms[(index + 1) % forms.length];
    return { path: next?.path ?? path, fields: { ...next?.fields, _csrf: fields["_csrf"] ?? "" } };
  };
  const withTheirToken: Spoil = ({ stage }, { path, fields }, index) => {
    const theirs = others.get(stage.actor)?.forms[index];
    return { path, fields: { ...fields, _csrf: theirs?.fields["_csrf"] ?? "" } };
  };
  const ownerless =
    (spoil: Spoil): Spoil =>
    (...given) => {
      const { path, fields } = spoil(...given);
      return { path, fields: without(fields, "_owner") };
    };

  it("T137 changes nothing at the address of another page with the fields that belong there", async () => {
    await expectRefused(ownerless(atNext));
    await expectKept(atNext);
  });

  it("T137 changes nothing with the token of another person's session", async () => {
    await expectRefused(ownerless(withTheirToken));
    await expectKept(withTheirToken);
  });

  it("T137 neither takes nor keeps another person's form", () =>
    expectRefused(({ stage }, { path }, index) => ({
      path,
      fields: others.get(stage.actor)?.forms[index]?.fields ?? expect.fail(),
    })));

  it("T137 changes nothing with the fields of another form", async () => {
    const before = await stateOf(vestibule.database);
    for (const [actor, { stage, forms }] of places) {
      // A page that asks for one click has nothing but the token, its button and what was shown; no other form has this token.
      const asking = forms.filter(({ fields }) => ownNames(fields).length > 0);
      for (const [index, { path, fields }] of asking.entries()) {
        const own = ownNames(fields);
        const next = Object.entries(asking[(index + 1) % asking.length]?.fields ?? {});
        const foreign = Object.fromEntries(next.filter(([name]) => !own.includes(name)));
        // An empty code counts as a wrong one, and a third would be mailed.
        await asOwner(vestibule.database, "delete from second_factor_guard");
        await stage.browser.copy().post(path, { ...foreign, _csrf: fields["_csrf"] ?? "" });
        const changed = changes(before, await stateOf(vestibule.database));
        expect(changed, `${actor}: ${path}`).to.deep.equal([]);
      }
    }
  });

  const ownNames = (fields: ReadyForm["fields"]): string[] =>
    Object.keys(fields).filter((name) => !["_csrf", "_owner", "decision", "seen"].includes(name));

  it("T137 leads to the sign-in after a sign-out, and changes nothing", async () => {
    const stale = new Map([...places].map(([actor, { stage }]) => [actor, stage.browser.copy()]));
    for (const { stage } of places.values()) {
      const page = await stage.browser.get("/sign-out");
      const fields = { xsrf: hiddenField(page, "xsrf"), logout: "yes" };
      await follow(stage.browser, await stage.browser.post("/sign-out/confirm", fields));
    }
    const send = async (fieldsOf: (form: ReadyForm) => ReadyForm["fields"]) => {
      const before = await stateOf(vestibule.database);
      for (const [actor, { forms }] of places) {
        for (const form of forms) {
          const answer = await (stale.get(actor)?.post(form.path, fieldsOf(form)) ?? expect.fail());
          expect(answer.status, `${actor}: ${form.path}`).to.equal(303);
          expect(answer.location, `${actor}: ${form.path}`).to.contain("/authorize?");
        }
      }
      return changes(before, await stateOf(vestibule.database));
    };
    expect(await send(({ fields }) => without(fields, "_owner"))).to.deep.equal([]);
    // Kept for the same user in the same browser, until a sign-in.
    expect(effectsOf(await send(({ fields }) => fields))).to.deep.equal([]);
    await expectOneDraftEach();
  });
});
