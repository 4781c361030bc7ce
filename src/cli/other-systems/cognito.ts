import { z } from "zod";
import { firstOf, type ForeignUser } from "./foreign-user.ts";

const user = z.looseObject({
  Username: z.string(),
  Attributes: z.array(z.looseObject({ Name: z.string(), Value: z.string().default("") })).default([]),
  Enabled: z.boolean().default(true),
});

/** The users of `aws cognito-idp list-users`. Cognito gives out neither hashes nor keys of apps: they choose a new password. */
export function fromCognito(exported: readonly unknown[]): ForeignUser[] {
  return z
    .array(user)
    .parse(exported)
    .map(({ Username, Attributes, Enabled }) => {
      const of = (name: string) => Attributes.find(({ Name }) => Name === name)?.Value;
      const username = firstOf(of("preferred_username"), of("email"), Username);
      return {
        username,
        name: firstOf(of("name"), `${of("given_name") ?? ""} ${of("family_name") ?? ""}`.trim(), username),
        mail: of("email") ?? null,
        number: of("phone_number") ?? null,
        isNumberConfirmed: of("phone_number_verified") === "true",
        isDisabled: !Enabled,
      };
    });
}
