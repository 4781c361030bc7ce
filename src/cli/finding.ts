/** The result of one check of the doctor. */
export interface Finding {
  readonly check: string;
  readonly state: "ok" | "warn" | "fail";
  readonly says: string;
  /** What the operator should do. */
  readonly advice: string | null;
}

export const ok = (check: string, says: string): Finding => ({ check, state: "ok", says, advice: null });

export const warn = (check: string, says: string, advice: string): Finding => ({
  check,
  state: "warn",
  says,
  advice,
});

export const fail = (check: string, says: string, advice: string): Finding => ({
  check,
  state: "fail",
  says,
  advice,
});
