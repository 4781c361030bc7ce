import { expect } from "chai";
import { HttpBrowser } from "../support/http-browser.ts";
import { useOtherProcess } from "../support/other-process.ts";
import { makeApplication, makeOffice, makeUser } from "../support/people.ts";
import { useResource } from "../support/suite-resource.ts";
import { aliveAmong, refresh, revoke, tokensFor, tokensOf, userinfo } from "../support/tokens.ts";
import { useVestibule } from "../support/use-vestibule.ts";

const KINDS = [
  ["a native application", { type: "native", redirectUris: ["com.example.app:/cb"] }],
  ["a single-page application", { type: "browser" }],
  ["a web application", {}],
  ["a web application that asks for rotation", { rotateRefreshTokens: true }],
] as const;

/** Two server processes on one database, and refreshes with one token that arrive at both at the same moment. */
describe("parallel refreshes with one token", () => {
  const vestibule = useVestibule({});
  const other = useOtherProcess(vestibule);
  const user = useResource(async () => makeUser(vestibule.services, await makeOffice(vestibule.services)));
  const here = () => new HttpBrowser(vestibule.issuer, vestibule.settings.port);
  const there = () => new HttpBrowser(vestibule.issuer, other.port);
  const turn = (index: number) => (index % 2 === 0 ? here() : there());

  for (const [kind, changes] of KINDS) {
    it(`T139 all get tokens, and all of these work, in ${kind}`, async () => {
      const application = await makeApplication(vestibule.services, changes);
      for (const count of [2, 3, 4]) {
        const first = await tokensFor(here(), application, user);
        const answers = await Promise.all(
          Array.from({ length: count }, (_, index) => refresh(turn(index), application, first.refresh)),
        );
        expect(
          answers.map(({ status }) => status),
          `${String(count)} at once`,
        ).to.deep.equal(answers.map(() => 200));
        for (const [index, tokens] of answers.map(tokensOf).entries()) {
          expect((await userinfo(turn(index), tokens.access)).status, "access token").to.equal(200);
          const next = await refresh(turn(index + 1), application, tokens.refresh);
          expect(next.status, "successor").to.equal(200);
        }
      }
    });
  }

  it("T139 leave nothing alive when the token is revoked among them", async () => {
    for (const [, changes] of KINDS) {
      const application = await makeApplication(vestibule.services, changes);
      const first = await tokensFor(here(), application, user);
      const [one, , two] = await Promise.all([
        refresh(here(), application, first.refresh),
        revoke(there(), application, first.refresh),
        refresh(there(), application, first.refresh),
      ]);
      const won = [one, two].filter(({ status }) => status === 200).map(tokensOf);
      expect(await aliveAmong(here(), application, [first, ...won])).to.be.empty;
    }
  });
});
