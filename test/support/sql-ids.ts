/** SQL: a random id at the home of the office whose id is the uuid `office`; for rows that a test adds behind Vestibule's back. */
export const idAtHomeOf = (office: string): string =>
  `overlay(gen_random_uuid()::text placing left(${office}::text, 4) from 1 for 4)::uuid`;
