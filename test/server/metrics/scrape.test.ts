import { expect } from "chai";
import { METRICS } from "../../../src/server/metrics/catalogue.ts";
import type { Metric } from "../../../src/server/metrics/metric.ts";
import { freePort } from "../../support/free-port.ts";
import { openSignIn, redeem, sendPassword } from "../../support/relying-party.ts";
import { samplesOf, scrape, valueOf } from "../../support/scrape.ts";
import { useVestibule } from "../../support/use-vestibule.ts";

const port = await freePort();

describe("what a scrape shows", () => {
  const world = useVestibule({
    settings: { VESTIBULE_MANAGEMENT_PORT: String(port) },
    office: {},
    user: {},
    application: {},
  });

  it("are requests by the template of their route, and never by their path", async () => {
    const before = await scrape(port);
    const browser = world.browser();
    await openSignIn(browser, world.request());
    await browser.get(`${world.issuer}/no/such/page-${"x".repeat(30)}`);
    const after = await scrape(port);
    const grown = (route: string, status: string) =>
      valueOf(after, "vestibule_requests_total", { route, status }) -
      valueOf(before, "vestibule_requests_total", { route, status });
    expect(grown("/authorize", "303")).to.equal(1);
    expect(grown("/interaction/:uid", "303") + grown("/interaction/:uid", "200")).to.be.at.least(1);
    expect(grown("other", "404")).to.equal(1);
    const seconds = "vestibule_request_duration_seconds_count";
    expect(valueOf(after, seconds, { route: "other" })).to.equal(
      valueOf(before, seconds, { route: "other" }) + 1,
    );
  });

  it("is how far sign-ins came, and by what", async () => {
    const before = await scrape(port);
    const page = await openSignIn(world.browser(), world.request());
    expect(page.status).to.equal(200);
    const wrong = world.browser();
    const { username, office } = world.user;
    await sendPassword(wrong, await openSignIn(wrong, world.request()), {
      ...{ officeCode: office.code, username, password: "not the password" },
    });
    const browser = world.browser();
    const request = world.request();
    const redirect = await world.signIn(browser, request);
    const tokens = await redeem(browser, world.application, { redirect, request });
    expect(tokens.status).to.equal(200);
    const after = await scrape(port);
    const grown = (name: string, labels: Record<string, string>) =>
      valueOf(after, name, labels) - valueOf(before, name, labels);
    const funnel = (stage: string) => grown("vestibule_sign_in_funnel_total", { stage });
    expect(["started", "password", "factor", "finished", "left"].map(funnel)).to.deep.equal([3, 1, 0, 1, 0]);
    const signIns = "vestibule_sign_ins_total";
    expect(grown(signIns, { outcome: "completed", method: "password" })).to.equal(1);
    expect(grown(signIns, { outcome: "refused", method: "password" })).to.equal(1);
    expect(grown("vestibule_refusals_total", { reason: "password.wrong" })).to.equal(1);
    expect(grown("vestibule_audit_events_total", { type: "sign-in", outcome: "ok" })).to.equal(1);
    expect(grown("vestibule_tokens_total", { grant: "authorization_code", outcome: "granted" })).to.equal(1);
    expect(grown("vestibule_hash_duration_seconds_count", {})).to.be.at.least(2);
    expect(grown("vestibule_statements_total", { statement: "sign_in_begin", outcome: "failed" })).to.equal(
      0,
    );
  });

  it("is what the database has, read once however many ask", async () => {
    const [samples] = await Promise.all([scrape(port), scrape(port), scrape(port)]);
    expect(valueOf(samples, "vestibule_database_usable")).to.equal(1);
    expect(samples.map(({ name }) => name)).to.include.members([
      "vestibule_audit_chains",
      "vestibule_audit_unsealed",
    ]);
    expect(samples.filter(({ name }) => name === "vestibule_queue_jobs")).to.have.length(9);
    expect(valueOf(samples, "vestibule_statements_total", { statement: "installation_figures" })).to.equal(1);
    expect(valueOf(samples, "vestibule_signing_key_left_seconds")).to.be.above(0);
  });

  it("has only metrics and labels of the table", async () => {
    const table: Readonly<Record<string, Metric>> = METRICS;
    for (const { name, labels } of await scrape(port)) {
      const metric = table[name] ?? table[name.replace(/_(bucket|sum|count)$/, "")];
      expect(metric, name).not.to.equal(undefined);
      const known = [...Object.keys(metric?.labels ?? {}), ...(metric?.kind === "histogram" ? ["le"] : [])];
      expect(known, name).to.include.members(Object.keys(labels));
      for (const [label, value] of Object.entries(labels)) {
        const values = metric?.labels?.[label];
        expect(Array.isArray(values) ? values : [value], `${name} ${label}`).to.include(value);
      }
    }
  });

  it("T178 names no user, no office, no address and no id", async () => {
    const browser = world.browser();
    await world.signIn(browser);
    const text = await (await fetch(`http://127.0.0.1:${String(port)}/metrics`)).text();
    const { username, id, office } = world.user;
    for (const secret of [username, id, office.id, office.code, world.application.id, "127.0.0.1"]) {
      expect(text.toLowerCase()).not.to.contain(secret.toLowerCase());
    }
    expect(samplesOf(text)).to.have.length.above(100);
  });

  it("is served beside health, and answers nothing else", async () => {
    const at = (path: string, method = "GET") =>
      fetch(`http://127.0.0.1:${String(port)}${path}`, { method }).then(({ status }) => status);
    expect(await at("/health/ready")).to.equal(200);
    expect(await at("/health/live")).to.equal(200);
    expect(await at("/metrics", "POST")).to.equal(405);
    expect(await at("/authorize")).to.equal(404);
    const browser = world.browser();
    expect((await browser.get(`${world.issuer}/metrics`)).status).to.equal(404);
    expect((await browser.get(`${world.issuer}/health/ready`)).status).to.equal(200);
  });
});
