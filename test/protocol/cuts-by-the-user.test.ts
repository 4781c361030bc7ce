import { walkCuts } from "./walk-cuts.ts";

describe("T121 what was proved before the user's own change", () => {
  walkCuts([
    [null, "is of use as long as nothing has changed"],
    ["others ended", "gives nothing after the end of all other sessions; the own one goes on"],
    ["trust ended", "gives nothing after the end of trust, where trust had spared the code"],
    ["password changed", "gives nothing after a new password"],
    ["password reset", "gives nothing after a new password by a mailed link"],
    ["factor replaced", "gives nothing after the factor was replaced; the own session goes on"],
    [
      "factor replaced in a sign-in",
      "gives nothing after the factor was replaced in a sign-in, which goes on itself",
    ],
  ]);
});
