/** The environment of the process that was started; everything behind the entry gets settings instead. */
// eslint-disable-next-line no-restricted-syntax -- the entry hands the environment to settings.ts, and nobody else asks for it
export const environment: Readonly<Record<string, string | undefined>> = process.env;
