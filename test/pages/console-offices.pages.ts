import { describePages } from "../previews/every-page.ts";

describePages("the console's offices and the platform");
