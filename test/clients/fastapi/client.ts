import { join } from "node:path";
import type { Client } from "../harness/client.ts";
import { equal, jsonOf } from "../harness/expectations.ts";
import { machineToken, SCOPE } from "../harness/resource-server.ts";
import { applicationOf, python } from "../harness/toolchains.ts";

/** A resource server with one of the two libraries; "sign-in" is a call of its API with a token. */
const resourceServer = (library: string, version: string, path: string): Client => ({
  name: `fastapi-${library}`,
  version,
  columns: ["sign-in", "claims"],
  switches: library === "pyjwt" ? "demands `typ: at+jwt` itself: the library does not look" : "–",
  prepare: async () => {
    await python("fastapi");
  },
  run: async (stage) => {
    const { id, resource, ask } = await machineToken(stage);
    const environment = { ISSUER: stage.issuer, RESOURCE: resource, PORT: String(stage.port) };
    const program = stage.start([await python("fastapi"), join(applicationOf("fastapi"), "application.py")], {
      environment,
    });
    await program.says(/Uvicorn running/);
    const call = (token: string) =>
      stage.browser().send("GET", `${stage.here}${path}`, "", { authorization: `Bearer ${token}` });
    await stage.check("sign-in", async () => {
      const { status, body } = await call(await ask({}));
      equal(status, 200, `status of the API, which said ${body}`);
      equal((await call("eyJhbGciOiJub25lIn0.e30.")).status, 401, "status with a forged token");
    });
    await stage.check("claims", async () => {
      equal(jsonOf(await call(await ask({}))), { sub: id, scope: SCOPE }, "what the token says");
    });
  },
});

export const fastapiPyjwt = resourceServer("pyjwt", "PyJWT 2.15.1, FastAPI 0.165.0", "/pyjwt");
export const fastapiAuthlib = resourceServer("authlib", "Authlib 1.9.10, FastAPI 0.165.0", "/authlib");
