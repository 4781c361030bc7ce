import type { RoleDenial } from "../domain/access/access.ts";
import { Problem } from "./problem.ts";

/** A refusal of the table of permissions as a problem. */
export function refusedBy(denial: RoleDenial | "needs-approval"): Problem {
  switch (denial) {
    case "needs-approval":
      return new Problem("needs-second-person");
    case "above-own":
    case "unfit-role":
      return new Problem("not-permitted", { detail: "no application gives this role in this office" });
    case "own":
    case "higher":
    case "elsewhere":
    case "not-permitted":
      return new Problem("not-permitted");
  }
}
