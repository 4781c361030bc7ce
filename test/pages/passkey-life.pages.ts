import { LANGUAGE_CODES } from "../../src/kernel/languages.ts";
import { describePasskeyLife } from "../browser/passkey-life.ts";

const OTHERS = LANGUAGE_CODES.filter((language) => language !== "en");

describePasskeyLife(
  OTHERS.flatMap((language) => [
    { language, size: "desk" as const },
    { language, size: "telephone" as const },
  ]),
);
