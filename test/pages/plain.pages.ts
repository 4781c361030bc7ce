import { describePages } from "../previews/every-page.ts";

describePages("errors and plain pages");
