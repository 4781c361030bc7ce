/** A fault in an address. The message is a sentence without its subject, which is the name of the setting. */
export class AddressFault extends Error {}

/** The parameters of an address by their names, decoded. */
export type Parameters = ReadonlyMap<string, string>;

/** Parameters of libpq (PostgreSQL documentation, 32.1.2) that Vestibule supports. */
const KNOWN = [
  "host",
  "port",
  "user",
  "password",
  "dbname",
  "connect_timeout",
  "target_session_attrs",
  "sslmode",
  "sslnegotiation",
  "sslrootcert",
  "sslcert",
  "sslkey",
  "sslpassword",
];

/** Parameters that other programs accept, and what to do instead. */
const REFUSED = new Map(
  Object.entries({
    options: "has options; keep settings with the role instead (alter role … set …)",
    application_name: "has an application_name; Vestibule names its connections itself",
    ssl: "has the parameter ssl, which is not libpq's; write sslmode=verify-full or sslmode=require",
    uselibpqcompat: "has uselibpqcompat; leave it out, sslmode means what libpq documents",
    channel_binding:
      "has channel_binding, which is not supported; leave it out and write sslmode=verify-full",
  }),
);

/** Reads the query string. Throws an AddressFault for an unknown, malformed or duplicate parameter. */
export function readParameters(query: string): Parameters {
  const parameters = new Map<string, string>();
  for (const pair of query === "" ? [] : query.split("&")) {
    const [name = "", value, ...more] = pair.split("=").map(decoded);
    if (value === undefined || more.length > 0) {
      throw new AddressFault("has a parameter that is not written as name=value");
    }
    if (!KNOWN.includes(name)) {
      throw new AddressFault(REFUSED.get(name) ?? `has the unknown parameter ${JSON.stringify(name)}`);
    }
    if (parameters.has(name)) {
      throw new AddressFault(`has the parameter ${name} twice`);
    }
    // libpq treats an empty value as a missing one.
    if (value !== "") {
      parameters.set(name, value);
    }
  }
  return parameters;
}

/** The value of a parameter with a fixed set of values. Throws an AddressFault for any other value. */
export function oneOf<Word extends string>(
  parameters: Parameters,
  name: string,
  words: readonly Word[],
): Word | null {
  const value = parameters.get(name);
  if (value === undefined) {
    return null;
  }
  const word = words.find((each) => each === value);
  if (word === undefined) {
    throw new AddressFault(`has ${name}=${value}; it can be ${listed(words)}`);
  }
  return word;
}

/** Percent-decodes like libpq: a plus stays a plus, and a NUL is refused. */
export function decoded(text: string): string {
  try {
    const value = decodeURIComponent(text);
    if (!value.includes("\0")) {
      return value;
    }
  } catch {
    // Thrown below, without the text, which may be a password.
  }
  throw new AddressFault("has a broken percent-encoding; write a percent sign as %25");
}

const listed = (words: readonly string[]) =>
  words.length === 1 ? (words[0] ?? "") : `${words.slice(0, -1).join(", ")} or ${words.at(-1) ?? ""}`;
