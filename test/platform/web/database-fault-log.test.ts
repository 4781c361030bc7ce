import { expect } from "chai";
import { FaultyDatabase } from "../../support/faulty-database.ts";
import { HttpBrowser } from "../../support/http-browser.ts";
import { useLoggedProcess } from "../../support/logged-process.ts";
import { postAs } from "../../support/program.ts";
import { useVestibule } from "../../support/use-vestibule.ts";
import { useResource } from "../../support/suite-resource.ts";

interface Line {
  readonly level: string;
  readonly msg: string;
  readonly requestId?: string;
  readonly path?: string;
  readonly fault?: string;
  readonly sqlState?: string;
}

describe("the log while the database has a fault", () => {
  const vestibule = useVestibule({ application: {} });
  const { application } = vestibule;
  const faulty = useResource(
    () => FaultyDatabase.open(vestibule.database.url),
    (it) => it.close(),
  );
  const server = useLoggedProcess(vestibule, () => ({
    DATABASE_URL: faulty.url,
    VESTIBULE_LOG_LEVEL: "info",
    VESTIBULE_MESSAGE_WORKERS: "no",
  }));

  it("has one line without a stack for each answer, with what is wrong, SQLSTATE and request", async () => {
    const browser = new HttpBrowser(vestibule.issuer, server.port);
    faulty.fail({ code: "53100" });
    const fields = { token: "x".repeat(43) };
    const program = await postAs(browser, application, { url: "/introspect", fields });
    const page = await browser.get("/o/noord");
    faulty.mend();
    await server.stop();
    const lines = server
      .log()
      .split("\n")
      .filter((line) => line.startsWith("{"))
      .map((line) => JSON.parse(line) as Line);
    const { reference } = JSON.parse(program.body) as { reference: string };
    const [, shown = ""] = /Reference: <code>([^<]+)/.exec(page.body) ?? [];
    for (const [id, path] of [
      [reference, "/introspect"],
      [shown, "/o/noord"],
    ]) {
      const errors = lines.filter(({ requestId, level }) => requestId === id && level === "error");
      expect(errors, path).to.have.length(1);
      expect(errors[0]).to.include({ path, fault: "full", sqlState: "53100" });
      expect(errors[0]?.msg).to.equal("the database cannot be used: its disk is full");
      expect(JSON.stringify(errors)).to.not.contain("stack");
    }
  });
});
