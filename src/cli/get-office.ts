import type { Services } from "../server/wiring/services.ts";
import { OperatorError } from "../kernel/errors.ts";
import { foldOfficeCode, type Office } from "../domain/offices/office.ts";

/** The office with this code, as the operator types it. Throws an OperatorError for an unknown one. */
export async function getOffice({ offices }: Services, typed: string): Promise<Office> {
  const code = foldOfficeCode(typed);
  const office = await offices.findByCode(code);
  if (office === null) {
    throw new OperatorError(`There is no office ${code}. "npx vestibule office list" shows all of them.`);
  }
  return office;
}
