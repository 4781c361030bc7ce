/** Whether the caller has read what is there now, or does not mind. */
export const isNamed = (versions: readonly string[] | null, current: string): boolean =>
  versions?.includes(current) ?? true;

/** The version that an edit names: that of now where the caller has read it, else one that is stale. */
export const versionOf = (
  versions: readonly string[] | null,
  { version }: { readonly version: number },
): number => (isNamed(versions, String(version)) ? version : version + 1);
