import { expect } from "chai";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { closeSync, existsSync, openSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { eventually } from "../support/eventually.ts";
import { useInstallation } from "./installation.ts";

const PROGRAM = fileURLToPath(new URL("../../bin/vestibule.js", import.meta.url));

/** More than a pipe and the parent's own buffer hold. */
const MANY_REQUESTS = 800;

describe("a server whose log cannot be written", function () {
  this.timeout(60_000);
  const here = useInstallation();

  /** Serves with this standard output, and stops. Returns how many requests were answered, and how it ended. */
  async function serve(output: number | "pipe", more: Readonly<Record<string, string>> = {}) {
    const { environment } = here;
    const child = spawn(process.execPath, [PROGRAM, "start"], {
      env: { PATH: process.env["PATH"], ...environment, VESTIBULE_LOG_LEVEL: "info", ...more },
      stdio: ["ignore", output, "pipe"],
    });
    const ended = once(child, "exit");
    try {
      let said = "";
      child.stderr?.on("data", (chunk: Buffer) => (said += chunk.toString()));
      await eventually(
        () => Promise.resolve(said),
        (text) => text.includes("listens on"),
        { seconds: 30 },
      );
      let answered = 0;
      for (let count = 0; count < MANY_REQUESTS; count += 1) {
        const url = `http://127.0.0.1:${environment["PORT"] ?? ""}/nowhere/${"x".repeat(200)}`;
        const { status } = await fetch(url, { signal: AbortSignal.timeout(5_000) });
        answered += status === 404 ? 1 : 0;
      }
      child.kill("SIGTERM");
      const hung = setTimeout(() => child.kill("SIGKILL"), 12_000);
      const [code, signal] = (await ended) as [number | null, string | null];
      clearTimeout(hung);
      return { answered, code, signal };
    } finally {
      child.kill("SIGKILL");
    }
  }

  it("since its disk is full, serves and stops all the same", async function () {
    if (!existsSync("/dev/full")) {
      this.skip();
    }
    const full = openSync("/dev/full", "w");
    const ended = await serve(full);
    closeSync(full);
    expect(ended).to.include({ answered: MANY_REQUESTS, signal: null });
  });

  it("since its reader hangs, serves and stops all the same", async () => {
    expect(await serve("pipe")).to.deep.equal({ answered: MANY_REQUESTS, code: 0, signal: null });
  });
});
