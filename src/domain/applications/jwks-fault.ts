type Jwk = Readonly<Record<string, unknown>>;

/** The private parameters of a key (RFC 7518 sections 6.2.2, 6.3.2 and 6.4, RFC 8037 section 2). */
const PRIVATE = ["d", "p", "q", "dp", "dq", "qi", "oth", "k", "priv"];
const CURVES = ["P-256", "Ed25519"];
const SHORTEST_MODULUS = 256;

/** What is wrong with an application's keys, or null: only public keys of an accepted type and length. */
export function jwksFault({ keys }: { readonly keys: readonly Jwk[] }): string | null {
  return keys.map(keyFault).find((fault) => fault !== null) ?? null;
}

function keyFault(key: Jwk): string | null {
  if (PRIVATE.some((member) => key[member] !== undefined)) {
    return "must hold public keys: keep the private half to yourself";
  }
  switch (key["kty"]) {
    case "RSA":
      return isText(key["e"]) && modulusBytes(key["n"]) >= SHORTEST_MODULUS
        ? null
        : "must hold RSA keys of at least 2048 bits";
    case "EC":
    case "OKP":
      return CURVES.includes(String(key["crv"])) && isText(key["x"]) ? null : "can use P-256 and Ed25519";
    default:
      return "can hold RSA, EC and OKP keys";
  }
}

const isText = (value: unknown): value is string => typeof value === "string" && value !== "";

const modulusBytes = (modulus: unknown): number =>
  isText(modulus) ? Buffer.from(modulus, "base64url").length : 0;
