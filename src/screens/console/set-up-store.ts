import { enrolmentAt, type EnrolmentWindow } from "../../domain/factors/enrolment.ts";
import type { Role } from "../../domain/access/role.ts";
import {
  demandAt,
  policyFor,
  type FactorKind,
  type SecondFactorPolicy,
} from "../../domain/factors/factor.ts";
import type { Database, Statement } from "../../platform/database/database.ts";

/**
 * What a user still needs to set up a method: nothing (`none`: there is one, or none is demanded), the password alone
 * (`password`), a code that an administrator hands over (`code`), or the help of an administrator, because the time is over
 * (`closed`).
 */
type SetUpNeed = "none" | "password" | "code" | "closed";

/** What an administrator could take away from a user, and whether the user needs help to sign in. */
export interface SetUpState {
  readonly kinds: readonly FactorKind[];
  /** A number that is not confirmed, and so is no factor. */
  readonly hasEnteredNumber: boolean;
  /** Unused recovery codes. */
  readonly codesLeft: number;
  /** Only a reset helps after too many wrong codes. */
  readonly isFrozen: boolean;
  readonly need: SetUpNeed;
}

interface Row extends Omit<SetUpState, "need"> {
  readonly createdAt: number;
  readonly policy: Pick<SecondFactorPolicy, "demand" | "methods" | "from" | "since" | "resistance">;
  readonly role: Role;
  readonly window: EnrolmentWindow | null;
}

const epoch = (column: string) => `extract(epoch from ${column})::float8`;

const statements = {
  find: {
    name: "console_set_up",
    text: `
      select array(select f.kind from factors f where f.home = $home and f.user_id = u.id order by f.kind) as kinds,
        exists (select from mobile_numbers n
          where n.home = $home and n.user_id = u.id and n.state = 'unconfirmed') as "hasEnteredNumber",
        (select count(*) from recovery_codes c
          where c.home = $home and c.user_id = u.id and c.used_at is null)::integer as "codesLeft",
        coalesce(g.failed_since_success >= $2, false) as "isFrozen", ${epoch("u.created_at")} as "createdAt",
        json_build_object('demand', o.second_factor, 'methods', o.second_factor_methods,
          'from', ${epoch("o.second_factor_from")}, 'since', ${epoch("o.second_factor_since")},
          'resistance', json_build_object('of', o.resistant_users, 'from', ${epoch("o.resistant_from")},
            'since', ${epoch("o.resistant_since")})) as policy, u.role,
        case when w.user_id is not null then json_build_object('openedAt', ${epoch("w.opened_at")},
          'endsAt', ${epoch("w.ends_at")}, 'needsCode', w.code_hash is not null) end as window
      from users u join offices o on o.id = u.office_id
        left join second_factor_guard g on g.home = $home and g.office_id = u.office_id and g.user_id = u.id
        left join enrolment_windows w on w.home = $home and w.user_id = u.id
      where u.home = $home and u.id = $1`,
  },
} as const satisfies Record<string, Statement>;

const NOTHING: SetUpState = {
  kinds: [],
  hasEnteredNumber: false,
  codesLeft: 0,
  isFrozen: false,
  need: "none",
};

/** A read model: how one user may set up a second factor. */
export class SetUpStore {
  readonly #database: Database;
  readonly #frozenFrom: number;

  /** `frozenFrom`: the number of failures after which only a reset helps. */
  constructor(database: Database, frozenFrom: number) {
    this.#database = database;
    this.#frozenFrom = frozenFrom;
  }

  /** `now` in seconds since 1970. */
  async find(officeId: string, id: string, now: number): Promise<SetUpState> {
    const [row] = await this.#database.inOffice(officeId, (tx) =>
      tx.query<Row>(statements.find, [id, this.#frozenFrom]),
    );
    if (row === undefined) {
      return NOTHING;
    }
    const { kinds, hasEnteredNumber, codesLeft, isFrozen } = row;
    return { kinds, hasEnteredNumber, codesLeft, isFrozen, need: needOf(row, now) };
  }
}

/** As the journey decides after the right password. */
function needOf({ kinds, createdAt, policy, role, window }: Row, now: number): SetUpNeed {
  const full = policyFor({ ...policy, trust: null }, role, now);
  const { isOpen, needsCode } = enrolmentAt(now, { createdAt, policy: full }, window);
  const demand = demandAt(full, now);
  if (kinds.length > 0 || demand === "off") {
    return "none";
  }
  if (isOpen) {
    return needsCode ? "code" : "password";
  }
  return demand === "required" ? "closed" : "none";
}
