import { describePages } from "../previews/every-page.ts";
import { STAFF_PAGES } from "../previews/gallery.ts";

describePages("every page of the console in every state", STAFF_PAGES);
