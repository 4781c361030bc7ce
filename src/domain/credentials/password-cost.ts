/** What one derivation costs, for Vestibule and for an attacker who has the database. */
export interface PasswordCost {
  /** In KiB. */
  readonly memoryCost: number;
  /** Passes over that memory. */
  readonly timeCost: number;
}

/** 19 MiB, two passes: OWASP's first choice for argon2id with one lane. */
export const FULL_COST: PasswordCost = { memoryCost: 19_456, timeCost: 2 };
