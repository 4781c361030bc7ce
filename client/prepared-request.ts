/** What a method is called with: the parameters of path and query by name, and these. */
export interface Given {
  readonly [parameter: string]: unknown;
  readonly body?: unknown;
  readonly file?: string | Blob;
  readonly fileType?: string;
  readonly ifMatch?: string;
  readonly dryRun?: boolean;
  readonly idempotencyKey?: string;
}

export interface Prepared {
  readonly method: string;
  /** Below the root of the API, with the query. */
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string | Blob | null;
  /** A file has no limit of time. */
  readonly isFile: boolean;
  /** Whether it may be sent again although it is not known what became of it. */
  readonly isRepeatable: boolean;
}

/** The request of an operation, whose address is like `GET /offices/{office}/users`. */
export function preparedFor(address: string, given: Given): Prepared {
  const { body, file, fileType, ifMatch, dryRun, idempotencyKey, ...parameters } = given;
  const [method = "", template = ""] = address.split(" ");
  const isFile = file !== undefined;
  // An import has no key: a username is added once in any case.
  const key = method === "POST" && !isFile ? (idempotencyKey ?? crypto.randomUUID()) : null;
  return {
    method,
    path: pathOf(template, parameters),
    headers: {
      ...(isFile ? { "content-type": fileType ?? "" } : {}),
      ...(body === undefined ? {} : { "content-type": "application/json" }),
      ...(ifMatch === undefined ? {} : { "if-match": ifMatch }),
      ...(dryRun === true ? { prefer: "dry-run" } : {}),
      ...(key === null ? {} : { "idempotency-key": key }),
    },
    body: file ?? (body === undefined ? null : JSON.stringify(body)),
    isFile,
    // A PATCH or DELETE that is repeated would be answered as if another caller had come first.
    isRepeatable: method === "GET" || method === "PUT" || key !== null,
  };
}

/** Null and undefined are left out of the query. */
function pathOf(template: string, parameters: Readonly<Record<string, unknown>>): string {
  const inPath = new Set<string>();
  const path = template.replaceAll(/\{(\w+)\}/g, (_, name: string) => {
    inPath.add(name);
    return segmentOf(name, parameters[name]);
  });
  const query = Object.entries(parameters).flatMap(([name, value]) =>
    inPath.has(name) || value === undefined || value === null ? [] : [[name, textOf(value)]],
  );
  return query.length === 0 ? path : `${path}?${new URLSearchParams(query).toString()}`;
}

/** An empty or dotted segment would make the address of another operation. */
function segmentOf(name: string, value: unknown): string {
  if (typeof value !== "string" || /^\.{0,2}$/.test(value)) {
    throw new TypeError(`${name} is missing, or is no id`);
  }
  return encodeURIComponent(value);
}

const textOf = (value: unknown): string => (typeof value === "string" ? value : JSON.stringify(value));
