/** One request as a client sends it. "…" is a value of its own at each sign-in. */
export interface RecordedRequest {
  readonly method: string;
  readonly path: string;
  /** `basic`, `bearer`, or empty. */
  readonly authorization: string;
  readonly parameters: Readonly<Record<string, string>>;
}

/** What a client sends through a sign-in, a refresh and a sign-out. */
export interface Recorded {
  readonly client: string;
  readonly version: string;
  /** `recorded` by `npm run clients -- --record`, or the document that describes its parameters. */
  readonly source: string;
  /** What is registered for it; the client itself comes first. */
  readonly registrations: readonly Readonly<Record<string, unknown>>[];
  readonly requests: readonly RecordedRequest[];
}
