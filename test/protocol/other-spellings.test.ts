import { expect } from "chai";
import { useVestibule } from "../support/use-vestibule.ts";

const ORIGINS = ["https://evil.test", "null"];

/** Spellings of an address that a router may take for the same. */
const SPELLINGS: Readonly<Record<string, (path: string) => string>> = {
  "a slash at its end": (path) => `${path}/`,
  "capital letters": (path) => path.toUpperCase(),
  "a capital letter and a slash": (path) => `/${path.charAt(1).toUpperCase()}${path.slice(2)}/`,
  "an escaped letter": (path) => `/%${path.charCodeAt(1).toString(16)}${path.slice(2)}`,
  "a letter that folds to another": (path) => path.replaceAll("k", "\u212a").replaceAll("i", "\u0130"),
};

const PROGRAMS = ["/token", "/userinfo", "/introspect", "/revoke", "/par", "/device/authorize", "/jwks"];

describe("another spelling of an endpoint's address", () => {
  const vestibule = useVestibule({ settings: { VESTIBULE_DEVICE_FLOW: "yes" }, application: {} });

  const fields = { client_id: "app_unknown-unknown-unknown", token: "x", grant_type: "refresh_token" };
  const opened = (headers: object) =>
    Object.keys(headers).filter((name) => name.startsWith("access-control-"));

  /** The answers to a call, a read and a preflight. */
  const answersAt = async (address: string, origin: string) => {
    const headers = { origin, accept: "application/json" };
    return [
      await vestibule.browser().post(address, fields, { headers }),
      await vestibule.browser().get(address, { headers }),
      await vestibule.browser().send(address, {
        method: "OPTIONS",
        headers: { origin, "access-control-request-method": "POST" },
      }),
    ];
  };

  for (const [what, spelled] of Object.entries(SPELLINGS)) {
    it(`T106 with ${what} answers no script, and is no address at all`, async () => {
      const spellings = PROGRAMS.filter((path) => spelled(path) !== path).map((path) =>
        encodeURI(spelled(path)).replaceAll("%25", "%"),
      );
      for (const [address, origin] of spellings.flatMap((one) =>
        ORIGINS.map((from) => [one, from] as const),
      )) {
        const answers = await answersAt(address, origin);
        expect(
          answers.flatMap(({ headers }) => opened(headers)),
          `${address} for ${origin}`,
        ).to.deep.equal([]);
        expect(
          answers.map(({ status }) => status),
          address,
        ).to.deep.equal([404, 404, 404]);
      }
    });
  }
});
