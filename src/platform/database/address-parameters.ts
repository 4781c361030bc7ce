/** What an address cannot mean: a sentence without its subject, which is the setting that holds the address. */
export class AddressFault extends Error {}

/** The parameters of an address by their names, decoded. */
export type Parameters = ReadonlyMap<string, string>;

/** What libpq documents (PostgreSQL documentation, 32.1.2) and Vestibule follows. */
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

/** What operators bring along from elsewhere, and what to do instead. */
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

/** Reads what stands behind the `?`. Throws an AddressFault for a parameter that is unknown, broken or there twice. */
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
    // libpq takes an empty value for one that was left out.
    if (value !== "") {
      parameters.set(name, value);
    }
  }
  return parameters;
}

/** The value of a parameter that knows a few words. Throws an AddressFault for any other word. */
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

/** Percent-decoding as libpq does it: a plus stays a plus, and a zero byte is refused. */
export function decoded(text: string): string {
  try {
    const value = decodeURIComponent(text);
    if (!value.includes("\0")) {
      return value;
    }
  } catch {
    // Told below, without the text: it may be a password.
  }
  throw new AddressFault("has a broken percent-encoding; write a percent sign as %25");
}

const listed = (words: readonly string[]) =>
  words.length === 1 ? (words[0] ?? "") : `${words.slice(0, -1).join(", ")} or ${words.at(-1) ?? ""}`;
