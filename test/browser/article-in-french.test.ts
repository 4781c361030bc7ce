import { describeArticle } from "./article.ts";

describeArticle("fr");
