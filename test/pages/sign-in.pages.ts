import { describePages } from "../previews/every-page.ts";

describePages("the sign-in");
