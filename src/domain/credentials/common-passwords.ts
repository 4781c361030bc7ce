let loading: Promise<ReadonlySet<string>> | null = null;

/**
 * Whether a password stands on the estimator's list of the most common ones. One look into a set, so that it can be
 * done at every sign-in: the estimator itself takes a hundred times as long and more the longer the password is. The
 * list is read once, when the first right password comes.
 */
export async function isCommonPassword(password: string): Promise<boolean> {
  loading ??= loadList();
  return (await loading).has(password.normalize("NFC").toLowerCase());
}

async function loadList(): Promise<ReadonlySet<string>> {
  const { dictionary } = await import("@zxcvbn-ts/language-common");
  return new Set(dictionary["passwords-common"]);
}
