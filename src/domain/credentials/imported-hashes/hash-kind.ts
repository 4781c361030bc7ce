/** The kinds of imported password hashes, and what one comparison of each takes. */

/** What one comparison takes. */
export interface HashCost {
  /** Of one core of a usual server. An estimate: it orders kinds and parameters, and is no promise. */
  readonly milliseconds: number;
  readonly kibibytes: number;
}

/** A hash in the one form in which Vestibule keeps its kind, however its system wrote it. */
export interface ReadHash {
  readonly text: string;
  readonly cost: HashCost;
  /** So cheap that a copy of it is nearly a copy of the password. */
  readonly isWeak: boolean;
}

/** A way in which other systems hash passwords. */
export interface HashKind {
  readonly name: string;
  /** Begins every form of this kind, and none of another. */
  readonly begins: RegExp;
  /** Null for what is damaged. */
  read(typed: string): ReadHash | null;
  /** `text`: from `read`. Never works on the main thread. */
  verify(text: string, password: string): Promise<boolean>;
  /** A hash of no password that costs the same. */
  dummyLike(text: string): string;
}
