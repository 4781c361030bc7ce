import { expect } from "chai";
import { FACTOR_KINDS, type FactorKind } from "../../../src/domain/factors/factor.ts";
import { FACTOR_PAGES } from "../../../src/screens/sign-in/factor-pages.ts";
import { firstPage, journey, nextStep, stepOf, type PageName } from "../../../src/screens/sign-in/journey.ts";
import type { PageContext } from "../../../src/screens/sign-in/page.ts";
import { createPages, type PagesDeps } from "../../../src/screens/sign-in/pages/pages.ts";
import { SignInFlow } from "../../../src/screens/sign-in/sign-in-flow.ts";
import type { SignIn } from "../../../src/screens/sign-in/sign-in-state.ts";
import { everySituation } from "./journey-situations.ts";

/** Which pages a situation offers asks nothing of the services that the pages use. */
const pages = createPages({} as PagesDeps);
const PAGES: readonly PageName[] = journey.flatMap((step): readonly PageName[] => step.pages);

const situations = everySituation();
const pagesOf = new Map<string, readonly PageName[]>(journey.map(({ name, pages: names }) => [name, names]));
const duePages = (signIn: SignIn): readonly PageName[] => pagesOf.get(nextStep(signIn)) ?? [];
const offered = (signIn: SignIn) => duePages(signIn).filter((name) => pages[name].isOffered(signIn));
const enrols = (kind: FactorKind, name: string) => FACTOR_PAGES[kind].enrolment.some((each) => each === name);
const asksFor = (kind: FactorKind, name: string) =>
  [FACTOR_PAGES[kind].challenge, ...FACTOR_PAGES[kind].besideChallenge].some((each) => each === name);

/** The context of a request, as far as the flow looks at it. */
const contextOf = (signIn: SignIn) =>
  ({
    signIn,
    user: null,
    row: null,
    interaction: { uid: "uid", application: { id: "app" }, params: {}, continues: { at: 1 } },
    trust: [],
    keepHome: () => undefined,
  }) as unknown as PageContext;

/** A flow that only notes which page was given a form, and what the store was asked under its lock. */
function notingFlow(signIn: SignIn) {
  const given: PageName[] = [];
  const stillDue: ((signIn: SignIn) => boolean)[] = [];
  const noting = Object.fromEntries(
    PAGES.map((name) => {
      const [type] = stepOf(name)?.proves ?? [];
      const submit = () => {
        given.push(name);
        const fact = { type, officeId: "office", userId: "user" };
        return Promise.resolve(type === undefined ? { type: "go", to: name } : { type: "done", fact });
      };
      return [name, { ...pages[name], submit }];
    }),
  );
  const store = {
    find: () => Promise.resolve({ signIn, user: null, row: null }),
    advance: (
      _key: unknown,
      _proof: unknown,
      { isStillDue }: { isStillDue: (signIn: SignIn) => boolean },
    ) => {
      stillDue.push(isStillDue);
      return Promise.resolve(null);
    },
  };
  const finish = { complete: () => Promise.resolve({}) };
  const deps = { pages: noting, store, finish, stepUp: {}, beginning: NOT_BEGUN, tries: {} };
  const flow = new SignInFlow(deps as unknown as ConstructorParameters<typeof SignInFlow>[0]);
  return { flow, given, stillDue };
}

/** No proof begins a sign-in here. */
const NOT_BEGUN = { record: () => Promise.resolve(null) };

/** Of each: due step, offered pages, factors, number and methods. Nothing else is judged below. */
const various = [
  ...new Map(
    situations.map((signIn) => [
      [nextStep(signIn), offered(signIn), signIn.factors, signIn.accepted, signIn.number.state].join(";"),
      signIn,
    ]),
  ).values(),
];

describe("the pages that a step offers", () => {
  it("T126 set up only what the office accepts, and ask only for what the user has", () => {
    const wrong = various.find((signIn) =>
      offered(signIn).some((name) =>
        FACTOR_KINDS.some(
          (kind) =>
            (enrols(kind, name) && !signIn.accepted.includes(kind)) ||
            (asksFor(kind, name) && !signIn.factors.includes(kind)),
        ),
      ),
    );
    expect(wrong).to.equal(undefined);
  });

  it("T126 include for every kind that is accepted a page that sets it up, and for every kind that is there one that asks", () => {
    const lacking = various.find((signIn) => {
      const names = offered(signIn);
      const due = nextStep(signIn);
      return (
        (due === "enrol" && !signIn.accepted.every((kind) => names.some((name) => enrols(kind, name)))) ||
        (due === "challenge" && !names.some((name) => signIn.factors.some((kind) => asksFor(kind, name))))
      );
    });
    expect(lacking).to.equal(undefined);
  });

  it("are reached from the step's first page, in every situation", async () => {
    for (const signIn of various) {
      const due = nextStep(signIn);
      if (due !== "done") {
        const entry = firstPage(due);
        const at = pages[entry].isOffered(signIn) ? entry : await pages[entry].skipTo(contextOf(signIn));
        expect(offered(signIn), JSON.stringify(signIn)).to.include(at);
      }
    }
  });
});

describe("the flow of a sign-in", function () {
  this.timeout(30_000);
  it(`T126 gives a form to a page that is due and offered, and to no other, in each of ${String(various.length)} situations`, async () => {
    for (const signIn of various) {
      const { flow, given } = notingFlow(signIn);
      for (const name of PAGES) {
        await flow.submit(contextOf(signIn), name, {});
      }
      expect(given, JSON.stringify(signIn)).to.have.members(offered(signIn));
    }
  });

  it("T126 asks again under the lock: a method that the office has taken back meanwhile is not recorded", async () => {
    const enrolling = various.filter(
      (signIn) => nextStep(signIn) === "enrol" && signIn.accepted.length === FACTOR_KINDS.length,
    );
    expect(enrolling).to.not.be.empty;
    for (const signIn of enrolling) {
      for (const kind of FACTOR_KINDS) {
        const { flow, stillDue } = notingFlow(signIn);
        const [page = ""] = FACTOR_PAGES[kind].enrolment.filter((name) => pages[name].isOffered(signIn));
        await flow.submit(contextOf(signIn), page, {});
        expect(
          stillDue.map((isStillDue) => isStillDue(signIn)),
          page,
        ).to.deep.equal([true]);
        const without = { ...signIn, accepted: signIn.accepted.filter((other) => other !== kind) };
        expect(
          stillDue.map((isStillDue) => isStillDue(without)),
          page,
        ).to.deep.equal([false]);
      }
    }
  });
});
