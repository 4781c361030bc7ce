/**
 * How the tables lie on a database that is spread over machines (docs/scale.md). The schema test reads this list too, so a new table
 * has to be put into it.
 */

/**
 * Spread by home. Those with an office are at its home, and all of them together: what one statement needs is on one machine. The
 * order is that of the foreign keys.
 */
export const OF_OFFICES = [
  "subjects",
  "users",
  "last_sign_ins",
  "mail_people",
  "familiar_browsers",
  "one_time_links",
  "factors",
  "passkey_handles",
  "passkeys",
  "passkey_challenges",
  "recovery_code_sets",
  "recovery_codes",
  "unsaved_recovery_codes",
  "enrolment_windows",
  "second_factor_guard",
  "approval_requests",
  "trusted_browsers",
  "mobile_numbers",
  "sent_codes",
  "messages",
  "message_directory",
  "jobs",
  "sign_ins",
  "console_drafts",
  "api_requests",
  "oidc_models",
  "rate_limits",
  "application_refusals",
  "audit_events",
  "audit_unsealed",
  "audit_seals",
  "audit_chains",
  "audit_days",
  "alarms_untold",
  "import_runs",
  "import_rows",
  "office_checklists",
  "office_logos",
  "policy_notice_rounds",
  "scim_tokens",
  "scim_users",
  "scim_refusals",
  "webhooks",
  "webhook_deliveries",
] as const;

/** Small, and read with everything: each machine has all of them. */
export const REFERENCE = [
  "offices",
  "applications",
  "signing_keys",
  "password_kinds",
  "authenticator_models",
  "authenticator_metadata",
] as const;

/** Of the installation itself, on one machine: nothing on the way to a token reads them. */
export const OF_INSTALLATION = [
  "migrations",
  "migrations_lock",
  "installation",
  "migration_marks",
  "sql_functions",
  "running_processes",
  "demo_marks",
  "outbox_messages",
  "alarm_digest",
] as const;
