import { ENGLISH } from "../support/words.ts";
import { describeAuthenticatorArticle } from "./authenticator-article.ts";

describeAuthenticatorArticle(ENGLISH);
