let loading: Promise<ReadonlySet<string>> | null = null;

/**
 * Whether a password is on the estimator's list of the most common ones. This is one lookup in a set, so every sign-in
 * can afford it: the estimator itself takes a hundred times as long, and longer for longer passwords. The list is loaded
 * once, when the first correct password arrives.
 */
export async function isCommonPassword(password: string): Promise<boolean> {
  loading ??= loadList();
  return (await loading).has(password.normalize("NFC").toLowerCase());
}

async function loadList(): Promise<ReadonlySet<string>> {
  const { dictionary } = await import("@zxcvbn-ts/language-common");
  return new Set(dictionary["passwords-common"]);
}
