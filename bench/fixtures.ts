/** What both servers hold at the beginning. */
export const OFFICE = { code: "BENCH", name: "Bench & Partners" };
export const USERS = 200;
export const PASSWORD = "lantern-harbour-quiet-27";
export const REDIRECT_URI = "https://application.example/callback";
/** What the web application asks for, at every sign-in, with or without a page. */
export const SCOPE = "openid profile email office offline_access";
/** Passwords that are hashed at the same time, on either side. */
export const PASSWORD_CONCURRENCY = 2;

export const usernameOf = (number: number): string => `user-${String(number % USERS)}`;
