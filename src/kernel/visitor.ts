/** Where a request came from. */
export interface Visitor {
  readonly address: string;
  /** The address, IPv6 cut to its /64: what one subscriber has. */
  readonly addressGroup: string;
  readonly requestId: string;
}
