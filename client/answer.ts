/** What an operation has answered. */
export interface Answer<Body> {
  readonly body: Body;
  /** Of what was made, below the root of the API. */
  readonly location: string | null;
  /** Names the request in the server's log. */
  readonly requestId: string | null;
  /** Whether the first try had done it already, and this is its answer. */
  readonly isReplayed: boolean;
}

/** The answer about something that has versions. */
export interface VersionedAnswer<Body> extends Answer<Body> {
  /** For `ifMatch`. */
  readonly etag: string;
}

/** A page of a list. */
export interface Page<Item> {
  readonly items: readonly Item[];
  /** For `after`; null on the last page. */
  readonly next: string | null;
}

export interface CallOptions {
  /** Ends the call, between two tries as well. */
  readonly signal?: AbortSignal;
}

/** What an operation takes that takes nothing. */
export type Nothing = Readonly<Record<string, never>>;

/** A method of the client; one that needs nothing may be called without a request. */
export type Method<Request, Result> = Nothing extends Request
  ? (request?: Request, options?: CallOptions) => Promise<Result>
  : (request: Request, options?: CallOptions) => Promise<Result>;
