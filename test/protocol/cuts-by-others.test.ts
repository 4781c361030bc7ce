import { walkCuts } from "./walk-cuts.ts";

describe("T121 what was proved before a change", () => {
  walkCuts([
    ["sessions ended", "gives nothing after an administrator has ended all sessions"],
    [
      "trust ended by the office",
      "gives nothing after an administrator has ended the trust, where it spared the code",
    ],
    ["password set", "gives nothing after the operator has set a password"],
    ["factor reset", "gives nothing after a reset of the second factor"],
    ["role changed", "gives nothing after a change of the role"],
    ["disabled", "gives nothing after the user was disabled, nor when the user is enabled again"],
    ["office closed", "gives nothing after the office was closed, nor when it is opened again"],
    ["policy raised", "gives nothing when the office stops accepting the factor"],
  ]);
});
