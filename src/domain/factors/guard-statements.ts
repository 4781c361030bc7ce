import type { Statement } from "../../platform/database/database.ts";

/** SQL of guard-store.ts. `$1`, `$2` are always office and user, but for those that are no part of a transaction. */
export const statements = {
  reserve: { name: "guard_reserve", text: "select reserve_code($1, $2, $3, $4, $5) as answer" },
  spend: { name: "guard_spend", text: 'select spend_code($home, $1, $2, $3, $4) as "left"' },
  isInHand: {
    name: "guard_is_in_hand",
    text: `select from second_factor_guard where home = $home and office_id = $1 and user_id = $2 and in_hand_at > $3 and exists (
             select from unnest(in_hand) h where $4::bytea is null or substring(h from 1 for 16) = $4)`,
  },
  giveBack: { name: "guard_give_back", text: "select give_back_code($1, $2, $3, $4, $5, false)" },
  takeBack: { name: "guard_take_back", text: "select give_back_code($home, $1, $2, $3, $4, true)" },
  fail: {
    name: "guard_fail",
    text: `
      update second_factor_guard set in_hand = array_remove(in_hand, $3::bytea),
        wrong_form = substring($3::bytea from 1 for 16), wrong_as = $4
      where home = $home and office_id = $1 and user_id = $2`,
  },
  wrongAs: {
    name: "guard_wrong_as",
    text: `select failed_attempts, failed_since_success, blocked_until, wrong_as from second_factor_guard
           where home = $home and office_id = $1 and user_id = $2 and wrong_form = $3`,
  },
  succeed: {
    name: "guard_succeed",
    text: `update second_factor_guard set failed_attempts = 0, failed_since_success = 0, blocked_until = null, in_hand = '{}',
             wrong_form = null, wrong_as = null
           where home = $home and office_id = $1 and user_id = $2`,
  },
  unlock: {
    name: "guard_unlock",
    text: `update second_factor_guard set failed_attempts = 0, blocked_until = null, in_hand = '{}'
           where home = $home and office_id = $1 and user_id = $2 and failed_since_success < $3
             and (failed_attempts > 0 or blocked_until is not null) returning user_id`,
  },
  frozen: {
    name: "guard_frozen",
    text: "select from second_factor_guard where home = $home and office_id = $1 and user_id = $2 and failed_since_success >= $3",
  },
  // Only where there is something to lift, so that a new password without a lockout uses up neither of the two.
  lift: {
    name: "guard_lift",
    text: `
      update second_factor_guard set failed_attempts = 0, blocked_until = null, in_hand = '{}',
        lifts = case when lifts_since is null or lifts_since <= $3::timestamptz - interval '24 hours' then 1 else lifts + 1 end,
        lifts_since = case when lifts_since is null or lifts_since <= $3::timestamptz - interval '24 hours' then $3
          else lifts_since end
      where home = $home and office_id = $1 and user_id = $2 and (blocked_until > $3 or (blocked_until is null and failed_attempts > 0))
        and (lifts < $4 or lifts_since is null or lifts_since <= $3::timestamptz - interval '24 hours')
      returning lifts`,
  },
  look: {
    name: "guard_look",
    text: "select failed_attempts, failed_since_success, blocked_until from second_factor_guard where home = $home and office_id = $1 and user_id = $2 for update",
  },
} as const satisfies Record<string, Statement>;
