/**
 * SQL: whether a row has all words of a text, in any order and each also as a part of a longer word. `column` was made by the SQL function
 * `search_words`, without case and accents. A text without any letter or digit is in no row.
 */
export const hasWords = (column: string, text: string): string =>
  `(search_words(${text}) <> '' and ${column} like all (array(
     select '%' || word || '%' from unnest(string_to_array(search_words(${text}), ' ')) word)))`;
