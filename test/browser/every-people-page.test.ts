import { describePages } from "../previews/every-page.ts";
import { PEOPLE_PAGES } from "../previews/gallery.ts";

describePages("every page of the sign-in and the account in every state", PEOPLE_PAGES);
