import { createHash, generateKeyPairSync, randomBytes, sign, type KeyObject } from "node:crypto";

/** What an attacker, or a broken device, would do otherwise than a good authenticator. */
export interface Otherwise {
  readonly origin?: string;
  readonly rpId?: string;
  readonly type?: string;
  readonly challenge?: string;
  readonly crossOrigin?: boolean;
  readonly counter?: number;
  readonly isUserPresent?: boolean;
  readonly isUserVerified?: boolean;
  /** Signs with another key than the one that was registered. */
  readonly key?: KeyObject;
  readonly credentialId?: Buffer;
  /** base64url; of the passkey that was made, if there is none. Null: the authenticator says nothing. */
  readonly userHandle?: string | null;
  /** COSE algorithm that the new key claims. */
  readonly algorithm?: number;
  readonly format?: string;
  readonly statement?: ReadonlyMap<string, unknown>;
  /** The statement of what was made: over the authenticator's data and the browser's. Its format is `packed`, unless `format` says another. */
  readonly attest?: (authData: Buffer, clientData: Buffer) => ReadonlyMap<string, unknown>;
}

interface Kind {
  readonly origin: string;
  readonly isSynced?: boolean;
  readonly countsUp?: boolean;
  readonly aaguid?: string;
  readonly algorithm?: -7 | -8 | -257;
}

export interface MakeOptions {
  readonly challenge: string;
  readonly rp: { readonly id: string };
  readonly user: { readonly id: string; readonly name: string };
  readonly excludeCredentials: readonly { readonly id: string }[];
}

export interface UseOptions {
  readonly challenge: string;
  readonly rpId: string;
  readonly allowCredentials: readonly { readonly id: string }[];
  readonly userVerification: string;
}

/**
 * An authenticator of one passkey: what navigator.credentials would answer, made with node:crypto from the specification (WebAuthn
 * Level 3 sections 6.1 and 6.5), so that a test of the protocol needs no browser and shares no code with the library.
 */
export class SoftwareAuthenticator {
  readonly id = randomBytes(32);
  readonly #kind: Kind;
  readonly #keys: { readonly publicKey: KeyObject; readonly privateKey: KeyObject };
  #counter = 0;
  /** Of the passkey that was made last, as a discoverable credential keeps it. */
  #userHandle: string | null = null;

  constructor(kind: Kind) {
    this.#kind = kind;
    this.#keys = keysOf(kind.algorithm ?? -7);
  }

  get publicKey(): KeyObject {
    return this.#keys.publicKey;
  }

  get privateKey(): KeyObject {
    return this.#keys.privateKey;
  }

  /** As another system has kept it, and exports it. */
  exported(userHandle?: Buffer): { id: string; publicKey: string; counter: number; userHandle?: string } {
    this.#userHandle = userHandle === undefined ? null : encoded(userHandle);
    const handle = userHandle === undefined ? {} : { userHandle: encoded(userHandle) };
    return { id: encoded(this.id), publicKey: encoded(this.#coseKey()), counter: this.#counter, ...handle };
  }

  /** The answer to `navigator.credentials.create`, as JSON. */
  make(options: MakeOptions, otherwise: Otherwise = {}): string {
    this.#userHandle = options.user.id;
    const clientData = this.#clientData("webauthn.create", options.challenge, otherwise);
    const id = otherwise.credentialId ?? this.id;
    const length = Buffer.alloc(2);
    length.writeUInt16BE(id.length);
    const aaguid = Buffer.from((this.#kind.aaguid ?? "0".repeat(32)).replaceAll("-", ""), "hex");
    const publicKey = this.#coseKey(otherwise.algorithm);
    const attested = Buffer.concat([aaguid, length, id, publicKey]);
    const authData = Buffer.concat([this.#authData(options.rp.id, otherwise, 0x40), attested]);
    const object = cbor(
      new Map<string, unknown>([
        ["fmt", otherwise.format ?? (otherwise.attest === undefined ? "none" : "packed")],
        ["attStmt", otherwise.attest?.(authData, clientData) ?? otherwise.statement ?? new Map()],
        ["authData", authData],
      ]),
    );
    return credential(id, {
      clientDataJSON: encoded(clientData),
      attestationObject: encoded(object),
      transports: ["internal", "hybrid"],
    });
  }

  /** The answer to `navigator.credentials.get`, as JSON. */
  use(options: UseOptions, otherwise: Otherwise = {}): string {
    const clientData = this.#clientData("webauthn.get", options.challenge, otherwise);
    const authData = this.#authData(options.rpId, otherwise, 0);
    const signed = Buffer.concat([authData, sha256(clientData)]);
    const key = otherwise.key ?? this.#keys.privateKey;
    const hash = key.asymmetricKeyType === "ed25519" ? null : "sha256";
    return credential(otherwise.credentialId ?? this.id, {
      clientDataJSON: encoded(clientData),
      authenticatorData: encoded(authData),
      signature: encoded(sign(hash, signed, key)),
      userHandle: otherwise.userHandle === undefined ? this.#userHandle : otherwise.userHandle,
    });
  }

  #clientData(type: string, challenge: string, otherwise: Otherwise): Buffer {
    const { origin } = this.#kind;
    const data = { type, challenge, origin, crossOrigin: false };
    const { type: t = type, challenge: c = challenge, origin: o = origin, crossOrigin = false } = otherwise;
    return Buffer.from(JSON.stringify({ ...data, type: t, challenge: c, origin: o, crossOrigin }));
  }

  #authData(rpId: string, otherwise: Otherwise, more: number): Buffer {
    this.#counter += this.#kind.countsUp === false ? 0 : 1;
    const { isUserPresent = true, isUserVerified = true, counter = this.#counter } = otherwise;
    const synced = this.#kind.isSynced === true ? 0x18 : 0;
    const flags = (isUserPresent ? 0x01 : 0) | (isUserVerified ? 0x04 : 0) | synced | more;
    const count = Buffer.alloc(4);
    count.writeUInt32BE(counter);
    return Buffer.concat([sha256(otherwise.rpId ?? rpId), Buffer.from([flags]), count]);
  }

  #coseKey(algorithm: number = this.#kind.algorithm ?? -7): Buffer {
    const jwk = this.#keys.publicKey.export({ format: "jwk" });
    const bytes = (text = "") => Buffer.from(text, "base64url");
    const rest: Readonly<Record<string, readonly [number, unknown][]>> = {
      EC: [
        [1, 2],
        [3, algorithm],
        [-1, 1],
        [-2, bytes(jwk.x)],
        [-3, bytes(jwk.y)],
      ],
      OKP: [
        [1, 1],
        [3, algorithm],
        [-1, 6],
        [-2, bytes(jwk.x)],
      ],
      RSA: [
        [1, 3],
        [3, algorithm],
        [-1, bytes(jwk.n)],
        [-2, bytes(jwk.e)],
      ],
    };
    return cbor(new Map(rest[jwk.kty ?? ""]));
  }
}

function keysOf(algorithm: number) {
  switch (algorithm) {
    case -8:
      return generateKeyPairSync("ed25519");
    case -257:
      return generateKeyPairSync("rsa", { modulusLength: 2048 });
    default:
      return generateKeyPairSync("ec", { namedCurve: "P-256" });
  }
}

const credential = (id: Buffer, response: object): string =>
  JSON.stringify({ id: encoded(id), rawId: encoded(id), type: "public-key", response });

const encoded = (bytes: Buffer): string => bytes.toString("base64url");
const sha256 = (bytes: Buffer | string): Buffer => createHash("sha256").update(bytes).digest();

/** The part of CBOR (RFC 8949) that WebAuthn needs. */
export function cbor(value: unknown): Buffer {
  if (typeof value === "number") {
    return value < 0 ? head(1, -1 - value) : head(0, value);
  }
  if (typeof value === "string") {
    return Buffer.concat([head(3, Buffer.byteLength(value)), Buffer.from(value)]);
  }
  if (Buffer.isBuffer(value)) {
    return Buffer.concat([head(2, value.length), value]);
  }
  if (Array.isArray(value)) {
    return Buffer.concat([head(4, value.length), ...value.map(cbor)]);
  }
  if (value instanceof Map) {
    return Buffer.concat([
      head(5, value.size),
      ...[...value].flatMap(([key, one]) => [cbor(key), cbor(one)]),
    ]);
  }
  throw new Error("This has no form in CBOR here.");
}

function head(major: number, length: number): Buffer {
  const type = major << 5;
  if (length < 24) {
    return Buffer.from([type | length]);
  }
  return length < 256
    ? Buffer.from([type | 24, length])
    : Buffer.from([type | 25, length >> 8, length & 0xff]);
}
