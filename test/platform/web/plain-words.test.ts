import { expect } from "chai";
import { LANGUAGES, LANGUAGE_CODES, type Language } from "../../../src/kernel/languages.ts";
import { catalogueOf } from "../../support/catalogue.ts";

/** What no native speaker would say on a page, or what has another word on all others. */
const BANNED: Record<Language, readonly RegExp[]> = {
  en: [
    /\b(some|no|any|every)body\b/i,
    /\bwhoever\b/i,
    /\b(is|are|was|were|be) told\b/i,
    /\bnot right\b/i,
    /\bmail address/i,
    /\b(present|former) (one|method|password|number|address|key|keys|code|codes)\b/i,
    /\bstands?\b/i,
    /\bvoid\b/i,
    /\bwrongly\b/i,
    /\bin the end\b/i,
    /(^|[.!?:]\s)(Who|Whoever|What is yours)\b(?![^.!?]*\?)/,
    /\bredirect address/i,
    /\bsigned? (her|him)self\b/i,
    /\btake[sn]? away\b/i,
    /\bany more\b/i,
    /\bCORS origins\b/i,
    /\bdiscovery address/i,
    /\baddresses after signing out\b/i,
    /\bone a line\b/i,
    /\bused last\b/i,
    /\bstays? counted\b/i,
    /\bhardly be told\b/i,
    /\bwritten from behind\b/i,
    /\bhears? (of|nothing)\b/i,
    /\bworth nothing\b/i,
    /\b(is|are) there twice\b/i,
    /\bin one line\b/i,
  ],
  nl: [
    /(?<!e-)\bmailadres/i,
    /\bApplicatieen\b/,
    /\bredirect-?adres/i,
    /\bniet juist\b/i,
    /(^|[.!?:]\s)(Wie|Wat van u is)\b(?![^.!?]*\?)/,
    /\bvan kracht zijnde\b/i,
    /\bterugkeeradres/i,
    /\bautomaat\b/i,
    /\bfoute (codes?|wachtwoord(en)?)\b/i,
    /\bvan achteren naar voren\b/i,
    /\bkeren ingelogd\b/i,
    /\bbij elke login\b/i,
    /\bdoet u met twee personen\b/i,
    /\btoken-eindpunt\b/i,
    /\baan te melden\b/i,
    /\bte horen (krijgen|zou)\b/i,
    /\b(access|refresh) tokens?\b/i,
    /\bJSON-regels\b/i,
  ],
  de: [
    /\bIst es Ihr/,
    /\bMailadresse/i,
    /\bAnwendunge?n? ?adress/i,
    /\bnicht richtig\b/i,
    /\bRückkehradresse/i,
    /\bTokens\b/,
    /\bFreigabe\b/i,
    /\bLeute\b/,
    /\bvon hinten nach vorn\b/i,
    /\bKommandozeile\b/i,
    /\bJSON-Zeilen\b/i,
    /\bClient-ID \(Kennung\)/i,
    /\bAdresse im Netz\b/i,
    /\bsteht es (jetzt )?um\b/i,
    /(^|[.!?:]\s)Wer\b(?![^.!?]*\?)/,
  ],
  fr: [
    /\bÉcrit comme vous voulez\b/i,
    /\badresse mail\b/i,
    /\bn’est pas juste\b/i,
    /(^|[.!?:]\s)Qui\b(?![^.!?]*\?)/,
    /\bquelqu’un qui\b/i,
    /\badresses? de retour\b/i,
    /\bautomate\b/i,
    /\berronée?s?(?![\p{L}])/iu,
    /\bjetons? de rafraîchissement\b/i,
    /\bpoint (d’accès des|de) jetons?\b/i,
    /à l’envers/i,
    /\bLignes JSON\b/i,
    /\boubliez ce fichier\b/i,
    /\badresse de confidentialité/i,
    /\badresse d’éditeur\b/i,
    /\badresse de découverte\b/i,
  ],
};

for (const language of LANGUAGE_CODES) {
  describe(`the words in ${LANGUAGES[language]}`, () => {
    it("are those that a native speaker would use", () => {
      const found = Object.entries(catalogueOf(language)).flatMap(([key, text]) =>
        BANNED[language].flatMap((word) => word.exec(text)?.[0] ?? []).map((word) => `${key}: ${word}`),
      );
      expect(found).to.deep.equal([]);
    });
  });
}
