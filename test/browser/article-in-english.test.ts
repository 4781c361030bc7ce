import { describeArticle } from "./article.ts";

describeArticle("en");
