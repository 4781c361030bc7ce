import { now } from "../../kernel/clock.ts";

/** What the script of a page hands to the browser's WebAuthn: a JSON text, and until when its challenge can be answered. */
export const ceremonyModel = ({ options, endsAt }: { readonly options: object; readonly endsAt: Date }) => ({
  options: JSON.stringify(options),
  endsAt: endsAt.toISOString(),
  now: now().toISOString(),
});
