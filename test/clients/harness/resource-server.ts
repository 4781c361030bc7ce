import { makeApplication } from "../../support/people.ts";
import { basic } from "../../support/relying-party.ts";
import { equal } from "./expectations.ts";
import type { Registered, Stage } from "./stage.ts";

export const SCOPE = "invoices:read";

interface Machine {
  /** The resource server's identifier, which its tokens have as their audience. */
  readonly resource: string;
  /** The resource server's own registration, for introspection. */
  readonly server: Registered;
  /** Client id of the machine that calls it. */
  readonly id: string;
  /** Asks for an access token with the client's credentials (RFC 6749 section 4.4); `more` adds parameters. */
  readonly ask: (more: Readonly<Record<string, string>>) => Promise<string>;
}

/** A resource server and a machine that may call it, as `npx vestibule app add --type machine` registers them. */
export async function machineToken(stage: Stage, tokens = "jwt"): Promise<Machine> {
  const { services } = stage.house.vestibule;
  const resource = `https://invoices.example.com/${String(stage.port)}`;
  const server = await stage.register({
    type: "machine",
    redirectUris: [],
    firstParty: false,
    resourceIdentifier: resource,
    resourceScopes: [SCOPE],
    resourceTokens: tokens,
  });
  const machine = await makeApplication(services, {
    type: "machine",
    redirectUris: [],
    firstParty: false,
    resources: [resource],
  });
  return {
    resource,
    server,
    id: machine.id,
    ask: async (more) => {
      const body = new URLSearchParams({ grant_type: "client_credentials", scope: SCOPE, ...more });
      const headers = { authorization: basic(machine.id, machine.secret ?? "") };
      const answered = await fetch(`${stage.issuer}/token`, { method: "POST", headers, body });
      const said = (await answered.json()) as Readonly<Record<string, unknown>>;
      equal(answered.status, 200, `status of the token endpoint, which said ${JSON.stringify(said)}`);
      return String(said["access_token"]);
    },
  };
}
