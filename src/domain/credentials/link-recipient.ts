import { DEFAULT_LANGUAGE } from "../../kernel/languages.ts";
import type { Office } from "../offices/office.ts";
import type { User } from "../users/user.ts";
import type { UserRef } from "../users/user-ref.ts";

/** The user that a link is sent to. */
export interface Recipient {
  readonly id: string;
  /** Null when the office does not exist. */
  readonly officeId: string | null;
  readonly officeName: string;
  readonly officeCode: string;
  readonly username: string;
  readonly name: string;
  readonly mail: string;
  readonly language: string;
}

const DUMMY_ID = "00000000-0000-4000-8000-000000000000";

/** In place of a user who does not exist: the same work is done. */
export const DUMMY_USER: UserRef = { id: DUMMY_ID, officeId: DUMMY_ID };

export const DUMMY_RECIPIENT: Recipient = {
  id: DUMMY_ID,
  officeId: null,
  officeName: "Unknown",
  officeCode: "UNKNOWN",
  username: "unknown",
  name: "Unknown",
  mail: "unknown@example.invalid",
  language: DEFAULT_LANGUAGE,
};

/** Null for a user who gets no link: without a mail address, with one that is held, disabled, or of a closed office. */
export function recipientOf(user: User, office: Office | null, now: Date): Recipient | null {
  const { id, officeId, username, name, mail, status, linksHeldUntil } = user;
  const isHeld = linksHeldUntil !== null && linksHeldUntil > now;
  if (mail === null || isHeld || status !== "active" || office?.status !== "open") {
    return null;
  }
  const language = user.language ?? office.language;
  return { id, officeId, officeName: office.name, officeCode: office.code, username, name, mail, language };
}
