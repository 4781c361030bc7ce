import { describePages } from "../previews/every-page.ts";

describePages("text messages and mails");
