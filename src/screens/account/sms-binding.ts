import type { OwnSession } from "../../protocol/models/own-sessions.ts";

/** What the codes that are sent on the account page belong to: this session, since it was last proved. */
export const smsBinding = ({ uid, authTime }: OwnSession): string => `account ${uid} ${String(authTime)}`;
