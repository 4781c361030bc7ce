export type Claims = Readonly<Record<string, unknown>>;

export interface DescribedClaim {
  readonly label: string;
  readonly value: string;
}

/** The claims that a person understands, in the order in which a person asks for them. */
export function describeClaims(claims: Claims): DescribedClaim[] {
  const rows = [
    { label: "Your name", value: text(claims["name"]) },
    { label: "Username", value: text(claims["preferred_username"]) },
    { label: "Email address", value: verified(claims["email"], claims["email_verified"]) },
    { label: "Phone number", value: verified(claims["phone_number"], claims["phone_number_verified"]) },
    { label: "Office", value: office(claims["office"]) },
    { label: "Role", value: capitalised(claims["role"]) },
    { label: "How you proved who you are", value: methods(claims["amr"]) },
    { label: "Strength of the sign-in", value: strength(claims["acr"]) },
    { label: "When you signed in", value: moment(claims["auth_time"]) },
    { label: "Your identifier", value: text(claims["sub"]) },
    { label: "Issued by", value: text(claims["iss"]) },
    { label: "ID token valid until", value: moment(claims["exp"]) },
  ];
  return rows.flatMap(({ label, value }) => (value === undefined ? [] : [{ label, value }]));
}

export function displayName(claims: Claims): string {
  const names = ["name", "preferred_username", "email", "sub"].map((claim) => text(claims[claim]));
  return names.find((name) => name !== undefined) ?? "a user without a name";
}

export function describeDate(date: Date): string {
  return date.toLocaleString("en-GB", { dateStyle: "long", timeStyle: "long" });
}

function text(value: unknown): string | undefined {
  return typeof value === "string" && value !== "" ? value : undefined;
}

function verified(value: unknown, isVerified: unknown): string | undefined {
  const known = text(value);
  if (known === undefined || typeof isVerified !== "boolean") return known;
  return `${known} (${isVerified ? "confirmed" : "not confirmed"})`;
}

function office(value: unknown): string | undefined {
  if (typeof value !== "object" || value === null) return text(value);
  const name = "name" in value ? text(value.name) : undefined;
  const code = "code" in value ? text(value.code) : undefined;
  return name && code ? `${name} (office code ${code})` : (name ?? code);
}

function capitalised(value: unknown): string | undefined {
  const word = text(value);
  return word && word.charAt(0).toUpperCase() + word.slice(1);
}

// The names of RFC 8176 that the identity provider uses.
const methodNames: ReadonlyMap<string, string> = new Map([
  ["pwd", "password"],
  ["otp", "authenticator app"],
  ["sms", "text message"],
  ["mfa", "two factors"],
]);

function methods(value: unknown): string | undefined {
  if (!Array.isArray(value)) return undefined;
  const names = value.filter((name) => typeof name === "string");
  const known = names.map((name) => (methodNames.has(name) ? `${methodNames.get(name)} (${name})` : name));
  return known.length > 0 ? known.join(", ") : undefined;
}

function strength(value: unknown): string | undefined {
  if (value === "urn:vestibule:acr:1") return "password alone (urn:vestibule:acr:1)";
  if (value === "urn:vestibule:acr:2") return "password and second factor (urn:vestibule:acr:2)";
  return text(value);
}

function moment(value: unknown): string | undefined {
  return typeof value === "number" ? describeDate(new Date(value * 1000)) : undefined;
}
