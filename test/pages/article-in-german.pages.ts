import { describeArticle } from "../browser/article.ts";

describeArticle("de");
