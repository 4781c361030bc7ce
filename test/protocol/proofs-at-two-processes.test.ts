import { expect } from "chai";
import { HttpBrowser } from "../support/http-browser.ts";
import { assertionOf, makeKeyClient, proofOf } from "../support/key-client.ts";
import { makeApi, MACHINE_OF_API } from "../support/machine-api.ts";
import { useOtherProcess } from "../support/other-process.ts";
import { useVestibule } from "../support/use-vestibule.ts";
import { useResource } from "../support/suite-resource.ts";

describe("assertions and proofs at two server processes", () => {
  const vestibule = useVestibule();
  const ports = () => [vestibule.settings.port, other.port];

  const other = useOtherProcess(vestibule);
  useResource(() => makeApi(vestibule.services));
  const machine = useResource(() => makeKeyClient(vestibule.services, MACHINE_OF_API));

  const ask = async (port: number, assertion: string, dpop?: string) => {
    const { status, body, headers } = await new HttpBrowser(vestibule.issuer, port).send("/token", {
      method: "POST",
      headers: {
        accept: "application/json",
        "content-type": "application/x-www-form-urlencoded",
        ...(dpop === undefined ? {} : { dpop }),
      },
      body: new URLSearchParams({
        grant_type: "client_credentials",
        client_assertion_type: "urn:ietf:params:oauth:client-assertion-type:jwt-bearer",
        client_assertion: assertion,
      }).toString(),
    });
    const { error } = JSON.parse(body) as { error?: string };
    return { status, error, nonce: String(headers["dpop-nonce"]) };
  };
  const assertion = () => assertionOf(machine, vestibule.issuer);

  it("T73 take an assertion at one of them, once", async () => {
    for (let round = 0; round < 5; round += 1) {
      const same = await assertion();
      const answers = await Promise.all([...ports(), ...ports()].map((port) => ask(port, same)));
      expect(answers.filter(({ status }) => status === 200).length).to.be.at.most(1);
      const [here = 0] = ports();
      expect((await ask(here, same)).status, "later").to.equal(401);
    }
  });

  it("T73 take a proof once, with the nonce of either", async () => {
    const [here = 0, there = 0] = ports();
    const url = `${vestibule.issuer}/token`;
    const first = await ask(here, await assertion(), await proofOf(machine.dpop, { url }));
    expect(first.error).to.equal("use_dpop_nonce");
    const proof = await proofOf(machine.dpop, { url, nonce: first.nonce });
    expect((await ask(there, await assertion(), proof)).status, "at the other").to.equal(200);
    for (const port of [here, there]) {
      expect((await ask(port, await assertion(), proof)).status, "the same again").to.equal(400);
    }
    const stale = await proofOf(machine.dpop, { url, nonce: "made-up" });
    expect((await ask(here, await assertion(), stale)).error, "a nonce of nobody").to.equal("use_dpop_nonce");
  });
});
