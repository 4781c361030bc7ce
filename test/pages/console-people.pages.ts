import { describePages } from "../previews/every-page.ts";

describePages("the console's people and applications");
