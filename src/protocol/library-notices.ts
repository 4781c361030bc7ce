/**
 * oidc-provider writes notices to the console, some of them while it is imported; our standard output is for log lines.
 * Import this before the library. Notices are kept until `takeLibraryNotices` is called.
 */
const notices: string[] = [];

for (const method of ["info", "warn"] as const) {
  const print = console[method].bind(console);
  console[method] = (...parts: unknown[]) => {
    const [first] = parts;
    if (typeof first === "string" && /oidc-provider (NOTICE|WARNING)/.test(first)) {
      notices.push(first);
      return;
    }
    print(...parts);
  };
}

/** The library's notices since the last call. */
export const takeLibraryNotices = (): string[] => notices.splice(0);
