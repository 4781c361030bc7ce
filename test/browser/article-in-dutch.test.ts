import { describeArticle } from "./article.ts";

describeArticle("nl");
