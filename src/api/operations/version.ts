/** The version that an edit names; one that the thing cannot have is stale. */
export const versionOf = (sent: string | null, { version }: { readonly version: number }): number =>
  sent === null ? version : /^[1-9]\d{0,8}$/.test(sent) ? Number(sent) : version + 1;
