/** SQL: the id of the office with the number `n`. */
export const officeId = (n: string): string => `md5('office ' || ${n})::uuid`;

/** SQL: the id of the user with the number `n`, at the home of the office that `office` is the id of. */
export const userId = (n: string, office: string): string =>
  `overlay(md5('user ' || ${n}) placing left((${office})::text, 4) from 1 for 4)::uuid`;
