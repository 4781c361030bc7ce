import { describePages } from "../previews/every-page.ts";

describePages("links and the account");
