import { expect } from "chai";
import { startServerProgram } from "../support/server-program.ts";
import { freePort } from "../support/free-port.ts";
import { runProgram, type Environment } from "./installation.ts";

import { useInstallation } from "./installation.ts";

describe("the health of a server on the command line", function () {
  this.timeout(60_000);
  const here = useInstallation();

  const health = (environment: Environment, ...words: string[]) =>
    runProgram(environment, ["health", ...words]);

  it("is asked with the port and host alone, and answers by the exit code", async () => {
    const server = await startServerProgram(here.environment);
    const port = here.environment["PORT"] ?? "";
    try {
      for (const words of [[], ["--live"], ["--ready"]]) {
        const { code, out, error } = await health({ PORT: port }, ...words);
        expect([code, error], words.join()).to.deep.equal([0, ""]);
        expect(out).to.equal(
          `http://127.0.0.1:${port}/health/${words[0] === "--live" ? "live" : "ready"}: ok\n`,
        );
      }
      const everywhere = await health({ PORT: port, VESTIBULE_HOST: "0.0.0.0" }, "--json");
      expect(everywhere.code).to.equal(0);
      expect(JSON.parse(everywhere.out)).to.include({ asked: "ready", status: "ok" });
    } finally {
      await server.stop();
    }
  });

  it("is bad when nothing listens, with one line and no stack", async () => {
    const port = String(await freePort());
    const { code, out, error } = await health({ PORT: port });
    expect([code, error]).to.deep.equal([1, ""]);
    expect(out).to.equal(`http://127.0.0.1:${port}/health/ready: no answer\n`);
  });

  it("names a setting that it cannot read", async () => {
    const { code, error } = await health({ PORT: "many" });
    expect(code).to.equal(1);
    expect(error).to.contain("PORT: ");
  });
});
