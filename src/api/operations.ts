import type { Operation } from "./operation.ts";
import { applicationOperations } from "./operations/applications.ts";
import { approvalOperations } from "./operations/approvals.ts";
import { auditOperations } from "./operations/audit.ts";
import { eventOperations } from "./operations/events.ts";
import { exportOperations } from "./operations/exports.ts";
import { factorOperations } from "./operations/factors.ts";
import { importOperations } from "./operations/imports.ts";
import { officeOperations } from "./operations/offices.ts";
import { scimTokenOperations } from "./operations/scim-tokens.ts";
import { sessionOperations } from "./operations/sessions.ts";
import { signingKeyOperations } from "./operations/signing-keys.ts";
import { userOperations } from "./operations/users.ts";
import { webhookOperations } from "./operations/webhooks.ts";

/** Every operation of the API, in the order of the documents. */
export const OPERATIONS: readonly Operation[] = [
  ...officeOperations,
  ...userOperations,
  ...factorOperations,
  ...sessionOperations,
  ...approvalOperations,
  ...importOperations,
  ...exportOperations,
  ...applicationOperations,
  ...auditOperations,
  ...eventOperations,
  ...webhookOperations,
  ...scimTokenOperations,
  ...signingKeyOperations,
];
