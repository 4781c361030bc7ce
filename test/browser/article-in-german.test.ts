import { describeArticle } from "./article.ts";

describeArticle("de");
