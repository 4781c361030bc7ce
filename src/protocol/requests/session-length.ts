import type { Account } from "../../domain/users/user.ts";
import { epochSeconds, now } from "../../kernel/clock.ts";

/** Whether a sign-in at `loginTs` (seconds since 1970) is within the session length that the office has now. */
export function isWithinSession({ office }: Account, loginTs: number | undefined): boolean {
  return (
    office.sessionMinutes === null ||
    (loginTs !== undefined && epochSeconds(now()) - loginTs < office.sessionMinutes * 60)
  );
}
