import { expect } from "chai";
import { asOwner } from "../support/database.ts";
import { importFile } from "../support/importing.ts";
import { SoftwareAuthenticator } from "../support/software-authenticator.ts";
import { useServices } from "../support/use-vestibule.ts";
import { runProgram } from "./installation.ts";

const AAGUID = "ee882879-721c-4913-9775-3dfcce97072a";
const ANNA = "2f0c3a1e-5f2b-4c0e-9d0a-6f6f1d0b7a11";
const FEDERATED = `f:8c1b7a52-0d0a-4a0e-b1d5-3b7b5a1f0c11:${"ben".repeat(20)}`;

const device = () => new SoftwareAuthenticator({ origin: "https://id.example" });

/** As Keycloak keeps one: the id in base64, the key in base64url. */
const credential = (type: string, of: SoftwareAuthenticator, more: object = {}) => ({
  ...{ id: "0f8e1c0c-97f5-4f3d-8d1c-2f3b1d5a9e02", type, secretData: "{}", ...more },
  credentialData: JSON.stringify({
    ...{ aaguid: AAGUID, credentialId: of.id.toString("base64"), counter: 7, transports: ["usb"] },
    ...{ credentialPublicKey: of.exported().publicKey, attestationStatementFormat: "none" },
  }),
});

describe("an export of Keycloak with passkeys", () => {
  const world = useServices();
  const [second, alone, other] = [device(), device(), device()];
  const users = [
    {
      ...{ id: ANNA, username: "anna" },
      credentials: [
        credential("webauthn", second, { userLabel: "Blue key" }),
        credential("webauthn-passwordless", alone),
      ],
    },
    { id: FEDERATED, username: "ben", credentials: [credential("webauthn", other)] },
    { id: "4a1e", username: "cora" },
  ];
  const convert = async (...words: readonly string[]) => {
    const file = JSON.stringify({ realm: "noord", users });
    const { code, out, error } = await runProgram(
      {},
      ["user", "convert", "--from", "keycloak", ...words],
      file,
    );
    expect(code, error).to.equal(0);
    return out;
  };

  it("brings them where they are asked for, with what their authenticators know the account by", async () => {
    const office = await world.makeOffice();
    const result = await importFile(world.services, office, { file: await convert("--passkeys") });
    expect(result).to.deep.equal({ type: "applied", added: 3 });
    const found = await asOwner<Record<string, unknown>>(
      world.database,
      `select u.username, encode(k.id, 'hex') as id, k.counter::integer, k.name, k.aaguid, k.transports,
         convert_from(h.handle, 'utf8') as handle
       from passkeys k join users u on u.id = k.user_id left join passkey_handles h on h.user_id = u.id
       where k.office_id = $1 order by u.username, k.name`,
      [office.id],
    );
    const same = { counter: 7, aaguid: AAGUID, transports: ["usb"] };
    const idOf = ({ id }: SoftwareAuthenticator) => id.toString("hex");
    expect(found).to.deep.equal([
      { username: "anna", id: idOf(second), name: "Blue key", handle: ANNA, ...same },
      { username: "anna", id: idOf(alone), name: null, handle: ANNA, ...same },
      { username: "ben", id: idOf(other), name: null, handle: null, ...same },
    ]);
  });

  it("brings none otherwise: in another domain they would be asked for in vain", async () => {
    expect(await convert()).to.not.contain("passkeys");
  });
});
