import { expect } from "chai";
import { asOwner } from "../support/database.ts";
import type { Page } from "../support/http-browser.ts";
import { captureLog, type LogLine } from "../support/log-capture.ts";
import type { TestApplication } from "../support/people.ts";
import { authorizationRequest, basic } from "../support/relying-party.ts";
import { useResource } from "../support/suite-resource.ts";
import { useVestibule, type World } from "../support/use-vestibule.ts";

const REGISTERED = ["https://app.test/callback", "https://erp.intranet.test/cb"];
const HOSTILE = [
  "https://evil.test/call-us?x=<script>alert(1)</script>",
  'https://evil.test/"><a href="https://evil.test/">here</a>',
  "https://evil.test/Call +31 6 12345678 and tell us your password",
  "https://аpp.test/callback",
  "https://evil.test/\u202egnp",
  "https://evil.test/\ud800",
  `https://evil.test/${"x".repeat(1_500)}`,
];

/** What applications get wrong, and what the page says of it. */
const WRONG = [
  ["http://app.test/callback", "https://app.test/callback", /scheme is different/],
  ["https://app.test:8443/callback", "https://app.test/callback", /port is different/],
  ["https://app.test/cb", "https://app.test/callback", /path is different/],
  ["https://app.test/callback/", "https://app.test/callback", /slash at the end/],
  ["https://app.test/callback?next=/", "https://app.test/callback", /question mark/],
  ["https://app.test/Callback", "https://app.test/callback", /upper and lower case/],
  ["https://app.test/a/../callback", "https://app.test/callback", /send exactly this/],
] as const;

const makeLedger = (vestibule: World) =>
  useResource(() =>
    vestibule.makeApplication({ redirectUris: REGISTERED, postLogoutRedirectUris: ["https://app.test/bye"] }),
  );

function requestsOf(vestibule: World, application: TestApplication) {
  const authorization = (redirectUri: string) =>
    authorizationRequest(vestibule.issuer, application, { redirect_uri: redirectUri }).url;
  return {
    authorize: (redirectUri: string) => vestibule.browser().get(authorization(redirectUri)),
    leave: (address: string) =>
      vestibule
        .browser()
        .get(
          `/sign-out?${new URLSearchParams({ client_id: application.id, post_logout_redirect_uri: address }).toString()}`,
        ),
    push: async (redirectUri: string) => {
      const { body } = await vestibule.browser().send("/par", {
        method: "POST",
        headers: {
          "content-type": "application/x-www-form-urlencoded",
          authorization: basic(application.id, application.secret ?? ""),
        },
        body: new URL(authorization(redirectUri)).searchParams.toString(),
      });
      return (JSON.parse(body) as { error_description: string }).error_description;
    },
  };
}

/** Text of a page, without its tags. */
const textOf = ({ body }: Page): string =>
  body
    .replaceAll(/<[^>]*>/g, " ")
    .replaceAll("&#x2F;", "/")
    .replaceAll("&amp;", "&");

describe("an address to go back to that is not registered", () => {
  const vestibule = useVestibule();
  const ledger = makeLedger(vestibule);
  const requests = () => requestsOf(vestibule, ledger);

  for (const [sent, nearest, difference] of WRONG) {
    it(`is on the page beside the nearest one, with what differs: ${sent}`, async () => {
      const page = await requests().authorize(sent);
      expect([page.status, page.location]).to.deep.equal([400, ""]);
      expect(textOf(page)).to.contain(sent).and.contain(nearest).and.match(difference);
    });
  }

  it("is on the page after sign-out, too", async () => {
    for (const [sent, difference] of [
      ["https://app.test/bye/", /slash at the end/],
      ["https://app.test/callback", /path is different/],
    ] as const) {
      const page = await requests().leave(sent);
      expect([page.status, page.location], sent).to.deep.equal([400, ""]);
      expect(textOf(page), sent)
        .to.contain(sent)
        .and.contain("We cannot send you back")
        .and.contain("https://app.test/bye")
        .and.match(difference);
    }
  });

  it("is on the page where there is nothing to compare it with", async () => {
    const plain = await vestibule.makeApplication();
    const page = await requestsOf(vestibule, plain).leave("https://app.test/bye");
    expect(textOf(page)).to.contain("https://app.test/bye").and.contain("No URI of this kind");
    expect(textOf(await requests().authorize("callback"))).to.contain("must be absolute");
  });

  it("is told to the application that pushed it, with the nearest", async () => {
    const described = await requests().push("https://app.test/callback/");
    expect(described).to.match(/^redirect_uri must be .*; the nearest is https:\/\/app\.test\/callback$/);
    expect(described).to.match(/^[\x20-\x21\x23-\x5b\x5d-\x7e]*$/);
  });

  it("T143 is text of visible characters on the page: no link, no markup, no sentence of a stranger's", async () => {
    for (const hostile of HOSTILE) {
      for (const page of [await requests().authorize(hostile), await requests().leave(hostile)]) {
        expect(page.status, hostile).to.equal(400);
        expect(page.body, hostile).to.not.match(/(?:href|src|action)="(?!\/|https:\/\/app\.test\/")/);
        expect(page.body, hostile).to.not.match(/<script>alert|<a href="https:\/\/evil|Call \+31|\u202e|аpp/);
        expect(page.body.length, hostile).to.be.lessThan(15_000);
      }
    }
  });

  describe("in the log", () => {
    let lines: LogLine[];
    // Of one application ten refusals a minute are at "warn", each once.
    let own: TestApplication;
    const ownRequests = () => requestsOf(vestibule, own);
    beforeEach(async () => {
      own = await vestibule.makeApplication({
        redirectUris: REGISTERED,
        postLogoutRedirectUris: ["https://app.test/bye"],
      });
      lines = captureLog(vestibule.services.log, "warn");
    });
    afterEach(() => {
      vestibule.services.log.level = "silent";
    });

    for (const way of ["authorize", "leave", "push"] as const) {
      it(`is one warning with the application, the address and the nearest (${way})`, async () => {
        const sent = "https://app.test/callback/";
        await ownRequests()[way](sent);
        const nearest = way === "leave" ? "https://app.test/bye" : "https://app.test/callback";
        expect(lines).to.have.length(1);
        expect(lines[0]).to.include({
          msg: "an application's request was refused",
          application: own.id,
          sentAddress: sent,
          nearestAddress: nearest,
          difference: way === "leave" ? "path" : "slash",
        });
      });
    }

    it("has hosts that strangers are not shown, and one line for each address", async () => {
      await ownRequests().authorize("https://www.app.test/callback\n{}");
      expect(lines).to.have.length(1);
      expect(lines[0]).to.include({
        sentAddress: "https://www.app.test/callback%0A{}",
        nearestAddress: "https://app.test/callback",
      });
    });

    it("is in no line about another refusal", async () => {
      const { url } = authorizationRequest(vestibule.issuer, own, { response_type: "token" });
      await vestibule.browser().get(url);
      expect(lines).to.have.length(1);
      expect(lines[0]).to.not.have.any.keys("sentAddress", "nearestAddress");
    });
  });
});

describe("an unregistered address in production", () => {
  const vestibule = useVestibule({
    settings: { NODE_ENV: "production", VESTIBULE_ISSUER: "https://id.test" },
  });
  const ledger = makeLedger(vestibule);
  const requests = () => requestsOf(vestibule, ledger);

  it("is shown with the nearest one where it has its host", async () => {
    for (const [sent, nearest, difference] of WRONG) {
      expect(textOf(await requests().authorize(sent)), sent)
        .to.contain(nearest)
        .and.match(difference);
    }
  });

  it("T143 tells a stranger no host of the application that it does not name", async () => {
    for (const sent of [
      "https://evil.test/cb",
      "https://intranet.test/cb",
      "https://erp.intranet.test.evil.test/cb",
      "com.example.ledger:/cb",
      "x:/cb",
    ]) {
      const explanations = [
        textOf(await requests().authorize(sent)),
        textOf(await requests().leave(sent)),
        await requests().push(sent),
      ].map((text) => text.replaceAll(sent, ""));
      explanations.forEach((text) => {
        expect(text, sent).to.not.match(/erp\.intranet\.test|app\.test\/(?:callback|bye)/);
      });
      expect(explanations[0], sent).to.contain("No registered URI has this host");
    }
  });
});

describe("an address that was registered in development", () => {
  const address = "http://192.168.1.10:3000/cb";
  const add = async (vestibule: World) => {
    const { applicationService } = vestibule.services;
    const draft = { name: "Ledger", type: "web", firstParty: true, redirectUris: [address] };
    const { application } = await applicationService.add(
      applicationService.schema.parse(draft),
      null,
      "test",
    );
    return { ...application, redirectUri: address };
  };
  const development = useVestibule({ user: {} });

  it("gets its code there", async () => {
    const application = await add(development);
    const request = authorizationRequest(development.issuer, application);
    const redirect = await development.signIn(development.browser(), request);
    expect(redirect.href.startsWith(`${address}?code=`)).to.equal(true);
  });

  describe("and comes to production with its database", () => {
    const production = useVestibule({
      settings: { NODE_ENV: "production", VESTIBULE_ISSUER: "https://id.test" },
      application: { name: "Ledger" },
    });

    it("cannot be registered there", () => {
      const { schema } = production.services.applicationService;
      const { error } = schema.safeParse({ name: "Ledger", type: "web", redirectUris: [address] });
      expect(error?.issues.map(({ path }) => path[0])).to.deep.equal(["redirectUris"]);
    });

    it("T143 gets no code over plain http", async () => {
      const { database } = production;
      const { id } = production.application;
      await asOwner(
        database,
        `with changed as (
           update applications set settings = jsonb_set(settings, '{redirectUris}', '["${address}"]') where id = $1 returning id)
         select pg_notify('vestibule_changes', id) from changed`,
        [id],
      );
      const request = authorizationRequest(production.issuer, { id, redirectUri: address });
      const page = await production.browser().get(request.url);
      expect([page.status, page.location]).to.deep.equal([400, ""]);
    });
  });
});
