/** The two links with which a password is chosen: what they are for, their address, and their texts. */
export const CHOICES = {
  reset: { purpose: "password-reset", path: "/reset-password", texts: "newPassword" },
  invitation: { purpose: "invitation", path: "/invitation", texts: "invitation" },
} as const;

/** Also the name of the cookie that holds the link's token. */
export type Choice = keyof typeof CHOICES;
