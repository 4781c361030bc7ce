import { expect } from "chai";
import { asOwner } from "../../support/database.ts";
import { eventually } from "../../support/eventually.ts";
import { HttpBrowser } from "../../support/http-browser.ts";
import { useLoggedProcess } from "../../support/logged-process.ts";
import { postAs } from "../../support/program.ts";
import { endConnections } from "../../support/read-only.ts";
import { tokensFor } from "../../support/tokens.ts";
import { useVestibule } from "../../support/use-vestibule.ts";

describe("a server that gets no connection to its database any more", () => {
  const vestibule = useVestibule({ office: { code: "NOORD" }, user: {}, application: {} });
  const { application, user } = vestibule;
  const server = useLoggedProcess(vestibule, () => ({
    VESTIBULE_LOG_LEVEL: "error",
    VESTIBULE_MESSAGE_WORKERS: "no",
  }));

  const newBrowser = () => new HttpBrowser(vestibule.issuer, server.port);
  const limit = (connections: number) =>
    asOwner(
      vestibule.database,
      `alter database ${new URL(vestibule.database.url).pathname.slice(1)} connection limit ${String(connections)}`,
    );

  it("answers 503, names the cause in its log, and serves again by itself", async () => {
    const { refresh } = await tokensFor(newBrowser(), application, user);
    const fields = { grant_type: "refresh_token", refresh_token: refresh };
    const redeem = () => postAs(newBrowser(), application, { url: "/token", fields });
    await limit(0);
    await endConnections(vestibule.database);
    const refused = await eventually(redeem, ({ status }) => status !== 200);
    expect(refused.status).to.equal(503);
    expect(JSON.parse(refused.body)).to.include({ error: "temporarily_unavailable" });
    expect((await newBrowser().get("/o/noord")).status, "a page").to.equal(503);
    await limit(-1);
    await eventually(
      () => newBrowser().get("/health/ready"),
      ({ status }) => status === 200,
    );
    expect((await redeem()).status, "the same token").to.equal(200);
    expect((await tokensFor(newBrowser(), application, user)).access).to.not.equal("");
    await server.stop();
    expect(server.log()).to.contain('"sqlState":"53300"').and.contain("it has no connection left");
  });
});
