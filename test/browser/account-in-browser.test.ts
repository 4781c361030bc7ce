import { ENGLISH } from "../support/words.ts";
import { describeAccount } from "./account-in-browser.ts";

describeAccount(ENGLISH);
