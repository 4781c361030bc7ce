/** SQL: a UUID of version 4 (RFC 9562, section 5.4) that is always the same for a text; the API answers with no others. */
export const fixedId = (text: string): string =>
  `overlay(overlay(md5(${text}) placing '4' from 13 for 1) placing '8' from 17 for 1)::uuid`;

/** SQL: the id of the office with the number `n`. */
export const officeId = (n: string): string => fixedId(`'office ' || ${n}`);

/** SQL: the id of the user with the number `n`, at the home of the office that `office` is the id of. */
export const userId = (n: string, office: string): string =>
  `overlay((${fixedId(`'user ' || ${n}`)})::text placing left((${office})::text, 4) from 1 for 4)::uuid`;
