import { describeSmsArticle } from "../browser/sms-article.ts";

describeSmsArticle("en", "narrow");
describeSmsArticle("nl", "desktop");
describeSmsArticle("nl", "narrow");
