import { createHash, generateKeyPairSync, sign } from "node:crypto";

/** A certificate that nobody but the test browser trusts, made anew for each run, so that no key lies in the repository. */
export interface Certificate {
  readonly key: string;
  readonly cert: string;
  /** SHA-256 of the public key, by which the browser is configured to trust it. */
  readonly fingerprint: string;
}

/** A self-signed certificate for a host, or for every one below `.test` (RFC 5280 section 4.1). */
export function makeCertificate(host = "*.test"): Certificate {
  const { privateKey, publicKey } = generateKeyPairSync("ec", { namedCurve: "P-256" });
  const subjectKey = publicKey.export({ type: "spki", format: "der" });
  const body = sequence(
    der(0xa0, integer(2)),
    integer(1),
    ECDSA_WITH_SHA256,
    NAME,
    sequence(time("20200101000000Z"), time("20990101000000Z")),
    NAME,
    subjectKey,
    der(0xa3, sequence(alternativeNames(host))),
  );
  const signature = sign("sha256", body, privateKey);
  const certificate = sequence(body, ECDSA_WITH_SHA256, der(0x03, Buffer.from([0]), signature));
  return {
    key: privateKey.export({ type: "pkcs8", format: "pem" }),
    cert: `-----BEGIN CERTIFICATE-----\n${certificate.toString("base64")}\n-----END CERTIFICATE-----\n`,
    fingerprint: createHash("sha256").update(subjectKey).digest("base64"),
  };
}

function der(tag: number, ...parts: readonly Buffer[]): Buffer {
  const content = Buffer.concat(parts);
  const { length } = content;
  const lengthBytes =
    length < 128 ? [length] : length < 256 ? [0x81, length] : [0x82, length >> 8, length & 255];
  return Buffer.concat([Buffer.from([tag, ...lengthBytes]), content]);
}

const sequence = (...parts: readonly Buffer[]) => der(0x30, ...parts);
const integer = (value: number) => der(0x02, Buffer.from([value]));
const objectId = (hex: string) => der(0x06, Buffer.from(hex, "hex"));
const time = (text: string) => der(0x18, Buffer.from(text));

const ECDSA_WITH_SHA256 = sequence(objectId("2a8648ce3d040302"));
const COMMON_NAME = sequence(objectId("550403"), der(0x0c, Buffer.from("Vestibule tests")));
const NAME = sequence(der(0x31, COMMON_NAME));

const alternativeNames = (host: string) =>
  sequence(objectId("551d11"), der(0x04, sequence(der(0x82, Buffer.from(host)))));
