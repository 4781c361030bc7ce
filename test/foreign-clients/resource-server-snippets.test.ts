import { execFile } from "node:child_process";
import { promisify } from "node:util";
import { expect } from "chai";
import { snippetsOf } from "../../src/domain/applications/snippets.ts";
import {
  express,
  flask,
  missingForShell,
  registerResourceServer,
  startResourceServer,
  type Host,
  type RunningResourceServer,
} from "../support/foreign-client.ts";
import { makeApplication, type TestApplication } from "../support/people.ts";
import { useRecordedIssuer } from "../support/recorded-issuer.ts";

const run = promisify(execFile);

const SERVERS: readonly { readonly name: string; readonly host: Host }[] = [
  { name: "resource-server-node", host: express },
  { name: "resource-server-node-opaque", host: express },
  { name: "resource-server-python", host: flask("jwt", "cryptography") },
  { name: "resource-server-python-opaque", host: flask("requests") },
];

for (const scheme of ["http", "https"] as const) {
  describe(`snippets for resource servers, word for word, with an issuer at ${scheme}`, () => {
    const around = useRecordedIssuer(scheme);
    const { vestibule, front } = around;

    const machineFor = (resource: string) =>
      makeApplication(vestibule.services, {
        ...{ type: "machine", redirectUris: [], firstParty: false, resources: [resource] },
      });
    const textOf = ({ application }: TestApplication, name: string): string =>
      snippetsOf(application, vestibule.issuer).find((snippet) => snippet.name === name)?.text ?? "";
    const shell = (text: string, environment: Readonly<Record<string, string>>) =>
      run("/bin/sh", ["-ec", text], {
        env: { PATH: process.env["PATH"], ...front.trusting, ...environment },
      });

    /** A token of a machine, by the snippet for curl without its last command. */
    async function tokenOf(machine: TestApplication, scope = "invoices:read"): Promise<string> {
      const [asks = ""] = textOf(machine, "curl").replaceAll("invoices:read", scope).split("\ncurl ");
      const { stdout } = await shell(`${asks}\necho "$token"`, { CLIENT_SECRET: machine.secret ?? "" });
      return stdout.trim();
    }

    for (const { name, host } of SERVERS) {
      it(`${name} opens for a machine that asks with curl's, and for no other token`, async function () {
        this.timeout(60_000);
        const missing = host.missing() ?? missingForShell();
        if (missing !== null) {
          console.log(`      ${name} is not tried: this machine lacks ${missing}`);
          this.skip();
        }
        const server: RunningResourceServer = await startResourceServer(around, host, name);
        try {
          const { resource } = server;
          const machine = await machineFor(resource);
          const { stdout } = await shell(textOf(machine, "curl"), { CLIENT_SECRET: machine.secret ?? "" });
          expect(JSON.parse(stdout)).to.deep.equal([{ number: 1, for: machine.id }]);

          const token = await tokenOf(machine);
          const answers = async (authorization: string) => {
            const asks = `curl -sS -o /dev/null -w '%{http_code}' -H "$HEADER" ${resource}/invoices`;
            return (await shell(asks, { HEADER: `Authorization: ${authorization}` })).stdout;
          };
          expect(await answers(`Bearer ${token}`)).to.equal("200");
          expect(await answers(`Bearer ${await tokenOf(machine, "invoices:write")}`)).to.equal("403");
          const other = await registerResourceServer(vestibule, `${resource}/other`);
          const foreign = await tokenOf(await machineFor(other.application.resourceIdentifier ?? ""));
          for (const wrong of ["", "Bearer x", `Bearer ${token}x`, `Basic ${token}`, `Bearer ${foreign}`]) {
            expect(await answers(wrong), wrong).to.equal("401");
          }
        } finally {
          await server.stop();
        }
      });
    }

    it("resource-server-curl says of a token what it is worth", async function () {
      const missing = missingForShell();
      if (missing !== null) {
        console.log(`      resource-server-curl is not tried: this machine lacks ${missing}`);
        this.skip();
      }
      const resource = "https://invoices.example.com";
      const server = await registerResourceServer(vestibule, resource, "opaque");
      const machine = await machineFor(resource);
      const text = textOf(server, "resource-server-curl");
      const asked = async (token: string): Promise<unknown> => {
        const { stdout } = await shell(text, { RESOURCE_SECRET: server.secret ?? "", TOKEN: token });
        return JSON.parse(stdout);
      };
      const known = { active: true, iss: vestibule.issuer, scope: "invoices:read", client_id: machine.id };
      expect(await asked(await tokenOf(machine))).to.include(known);
      expect(await asked("unknown")).to.deep.equal({ active: false });
    });
  });
}
