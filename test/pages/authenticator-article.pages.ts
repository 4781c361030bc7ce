import { describeAuthenticatorArticle } from "../browser/authenticator-article.ts";
import { DUTCH } from "../support/words.ts";

describeAuthenticatorArticle(DUTCH);
