import { describeSmsArticle } from "./sms-article.ts";

describeSmsArticle("en", "desktop");
