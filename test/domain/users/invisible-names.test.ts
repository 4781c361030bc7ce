import { expect } from "chai";
import { newUserSchema } from "../../../src/domain/users/user.ts";

const { username } = newUserSchema.shape;

/** Characters that no font draws; those of the first line are combining marks. */
const INVISIBLE = [
  ...["\u034f", "\u180b", "\ufe00", "\ufe0f", "\u{e0100}", "\u{e01ef}"],
  ...[
    "\u00ad",
    "\u061c",
    "\u115f",
    "\u200b",
    "\u200d",
    "\u2060",
    "\u3164",
    "\ufeff",
    "\u{1d173}",
    "\u{e0041}",
  ],
];

describe("invisible characters in a username", () => {
  it("T134 are refused wherever they come, or a second anna looks like the first", () => {
    for (const mark of INVISIBLE) {
      for (const typed of [`anna${mark}`, `an${mark}na`, `${mark}anna`, `anna${mark}@PLAIN`]) {
        const parsed = username.safeParse(typed);
        // What is trimmed or folded away makes no second name.
        const isHarmless = parsed.success && ["anna", "anna@PLAIN"].includes(parsed.data);
        expect(!parsed.success || isHarmless, JSON.stringify(typed)).to.equal(true);
      }
    }
  });

  it("are no reason to refuse the accents of names", () => {
    for (const typed of ["josé", "jose\u0301", "ọ̀ṣọ́", "łukasz", "İlker", "o’neill".replace("’", "'")]) {
      expect(username.safeParse(typed).success, typed).to.equal(true);
    }
  });
});
