/** The client of a request, for rate limits, the audit log and the log. */
export interface Visitor {
  readonly address: string;
  /** The address; for IPv6 its /64 network, which one subscriber controls as a whole. */
  readonly addressGroup: string;
  readonly requestId: string;
}
