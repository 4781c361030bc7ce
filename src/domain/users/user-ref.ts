/** A user and the office they belong to: enough to find their rows under row-level security. */
export interface UserRef {
  readonly id: string;
  readonly officeId: string;
}
