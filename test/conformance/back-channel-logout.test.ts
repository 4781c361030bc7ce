import { expect } from "chai";
import { decodeProtectedHeader } from "jose";
import { startBackChannel, type BackChannel } from "../support/back-channel.ts";
import { eventually } from "../support/eventually.ts";
import { makeApplication } from "../support/people.ts";
import { PLANS } from "./modules.ts";
import { describePlan } from "./plan.ts";
import { startRelyingSite, type RelyingSite } from "./relying-site.ts";
import { BYE, expectSignedOut, signOut } from "./sign-out.ts";

const EVENT = "http://schemas.openid.net/event/backchannel-logout";

describePlan(PLANS["back-channel"], (test) => {
  let site: RelyingSite;
  let channel: BackChannel;

  before(async () => {
    site = await startRelyingSite({ VESTIBULE_OUTGOING_ALLOWED_HOSTS: "127.0.0.1" });
    channel = await startBackChannel();
  });
  after(() => Promise.all([site.stop(), channel.stop()]));

  test("oidcc-backchannel-logout-discovery-endpoint-verification", async () => {
    const metadata = await site.discovery();
    expect(metadata).to.include({
      backchannel_logout_supported: true,
      backchannel_logout_session_supported: true,
    });
    expect(metadata["end_session_endpoint"]).to.match(/^https:/);
    expect(metadata["claims_supported"]).to.include("sid");
  });

  test("oidcc-backchannel-rp-initiated-logout", async () => {
    const client = await makeApplication(site.vestibule.services, {
      postLogoutRedirectUris: [BYE],
      backchannelLogoutUri: channel.url,
      withoutPkce: true,
    });
    const browser = site.newBrowser();
    const { id, claims } = await site.signIn(browser, client);
    const left = await signOut(browser, { id_token_hint: id, post_logout_redirect_uri: BYE, state: "s-1" });
    expect(left.location).to.equal(`${BYE}?state=s-1`);
    const tokens = await eventually(
      () => Promise.resolve(channel.tokens),
      ({ length }) => length > 0,
    );
    expect(tokens).to.have.lengthOf(1);
    const [token = ""] = tokens;
    expect(decodeProtectedHeader(token)).to.include({ typ: "logout+jwt" });
    const verified = await site.verify(token, client);
    expect(verified).to.include({ sub: claims.sub, sid: claims["sid"] }).and.not.have.property("nonce");
    expect(claims["sid"]).to.be.a("string");
    expect(verified["events"]).to.deep.equal({ [EVENT]: {} });
    expect(verified.jti).to.be.a("string");
    expect(Number(verified.exp) - Number(verified.iat)).to.be.at.most(120);
    await expectSignedOut(site, browser, client);
  });
});
