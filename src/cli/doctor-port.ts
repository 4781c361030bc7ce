import { createServer } from "node:net";
import { z } from "zod";
import { codeOf } from "../kernel/errors.ts";
import type { Settings } from "../server/settings/settings.ts";
import { ownAddress } from "./own-address.ts";
import { fail, ok, type Finding } from "./finding.ts";

/** The port is free, or the server with these settings uses it. */
export async function checkPorts({ host, port, issuer, demo }: Settings): Promise<Finding[]> {
  const fault = await tryToListen(host, port);
  const place = `port ${String(port)} on ${host}`;
  if (fault === null) {
    return [ok("Port", `${place} is free`), ...(demo.enabled ? await checkDemoPort(demo.port) : [])];
  }
  if (fault !== "EADDRINUSE") {
    return [
      fail("Port", `${place} cannot be used (${fault})`, "Choose another with PORT or VESTIBULE_HOST."),
    ];
  }
  return (await issuerAt(host, port)) === issuer
    ? [ok("Port", `Vestibule is running on ${place}`)]
    : [fail("Port", `${place} is in use by something else`, "Stop that program, or set PORT.")];
}

async function checkDemoPort(port: number): Promise<Finding[]> {
  const isFree = (await tryToListen("127.0.0.1", port)) === null;
  const place = `port ${String(port)} on 127.0.0.1`;
  return isFree
    ? [ok("Demo port", `${place} is free`)]
    : [
        fail(
          "Demo port",
          `${place} is in use`,
          "Stop that program, set VESTIBULE_DEMO_PORT, or VESTIBULE_DEMO=no.",
        ),
      ];
}

/** Returns the code of the error, or null. */
function tryToListen(host: string, port: number): Promise<string | null> {
  return new Promise((resolve) => {
    const server = createServer();
    server.once("error", (error) => {
      resolve(codeOf(error) ?? "unknown");
    });
    server.listen(port, host, () => {
      server.close(() => {
        resolve(null);
      });
    });
  });
}

const discoverySchema = z.object({ issuer: z.string() });

async function issuerAt(host: string, port: number): Promise<string | null> {
  try {
    const answer = await fetch(`${ownAddress({ host, port })}/.well-known/openid-configuration`, {
      signal: AbortSignal.timeout(3_000),
    });
    return discoverySchema.parse(await answer.json()).issuer;
  } catch {
    // The answer is not from a Vestibule.
    return null;
  }
}
