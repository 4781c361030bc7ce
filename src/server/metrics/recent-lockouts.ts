/** A lockout lasts for minutes, and one that is frozen is met again by its user. */
const KEPT_MS = 60 * 60_000;

/** More are not looked at: an attack on all offices shows in other figures. */
const MOST = 100;

/** Offices whose users have met a lockout in this process within the last hour. */
export class RecentLockouts {
  readonly #seen = new Map<string, number>();

  note(officeId: string, at: Date): void {
    this.#seen.delete(officeId);
    this.#seen.set(officeId, at.getTime());
    const [oldest] = this.#seen.keys();
    if (this.#seen.size > MOST && oldest !== undefined) {
      this.#seen.delete(oldest);
    }
  }

  officesAt(at: Date): string[] {
    return [...this.#seen].filter(([, seen]) => at.getTime() - seen < KEPT_MS).map(([officeId]) => officeId);
  }
}
