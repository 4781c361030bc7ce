/** Whether a piece of an address can be an interaction's uid at all. */
export const looksLikeUid = (uid: string): boolean => /^[\w-]{20,64}$/.test(uid);
