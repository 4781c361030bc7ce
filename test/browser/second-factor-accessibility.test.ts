import { describeSecondFactorPages } from "./second-factor-accessibility.ts";

describeSecondFactorPages("in light");
