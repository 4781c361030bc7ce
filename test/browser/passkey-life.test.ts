import { describePasskeyLife } from "./passkey-life.ts";

describePasskeyLife([
  { language: "en", size: "desk" },
  { language: "en", size: "telephone" },
]);
