import { z } from "zod";
import { OperatorError } from "../../kernel/errors.ts";
import { firstOf, type ForeignUser } from "./foreign-user.ts";

const text = z.string().nullish();
const user = z.looseObject({
  localId: z.string(),
  email: text,
  displayName: text,
  phoneNumber: text,
  passwordHash: text,
  salt: text,
  disabled: z.boolean().nullish(),
});

/** The users of `firebase auth:export`. `parameters`: the text that the console shows as "Password hash parameters". */
export function fromFirebase(exported: readonly unknown[], parameters: string): ForeignUser[] {
  const project = projectOf(parameters);
  return z
    .array(user)
    .parse(exported)
    .map((one) => ({
      username: firstOf(one.email, one.phoneNumber, one.localId),
      name: firstOf(one.displayName, one.email, one.phoneNumber, one.localId),
      mail: one.email ?? null,
      number: one.phoneNumber ?? null,
      // Firebase has a number only after its code was entered.
      isNumberConfirmed: firstOf(one.phoneNumber) !== "",
      passwordHash:
        firstOf(one.passwordHash) === "" ? null : `${project}$${one.salt ?? ""}$${one.passwordHash ?? ""}`,
      isDisabled: one.disabled === true,
    }));
}

/** The beginning of each hash: how the project derives keys, and the key that they encrypt. */
function projectOf(parameters: string): string {
  const of = (name: string): string => {
    const [, value] = new RegExp(`\\b${name}:\\s*([^\\s,}]+)`).exec(parameters) ?? [];
    if (value === undefined) {
      throw new OperatorError(
        `The file of --parameters lacks ${name}. Copy the whole of "hash_config" from Firebase's console.`,
      );
    }
    return value;
  };
  if (of("algorithm") !== "SCRYPT") {
    throw new OperatorError("Only projects with the algorithm SCRYPT have hashes of Firebase's own.");
  }
  const [ln, rounds] = [of("mem_cost"), of("rounds")];
  return `$firebase-scrypt$ln=${ln},r=${rounds},sep=${of("base64_salt_separator")},key=${of("base64_signer_key")}`;
}
