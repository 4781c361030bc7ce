import { describeSecondFactorPages } from "../browser/second-factor-accessibility.ts";

describeSecondFactorPages("in the dark, in Dutch");
describeSecondFactorPages("on 320 pixels, in Dutch");
describeSecondFactorPages("at 200 % zoom");
