import { describeAccount } from "../browser/account-in-browser.ts";
import { DUTCH } from "../support/words.ts";

describeAccount(DUTCH);
