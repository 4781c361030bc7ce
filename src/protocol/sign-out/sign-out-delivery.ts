import type { Configuration } from "oidc-provider";
import { z } from "zod";
import type { Application } from "../../domain/applications/application.ts";
import type { ApplicationStore } from "../../domain/applications/application-store.ts";
import { epochSeconds, now } from "../../kernel/clock.ts";
import type { Log } from "../../kernel/log.ts";
import { randomBetween } from "../../kernel/random.ts";
import type { KeyedHash } from "../../kernel/secret.ts";
import type { QueuedJob, QueueRules, QueueWork } from "../../platform/jobs/queue-work.ts";
import { logoutToken } from "./logout-token.ts";
import { subjectFor } from "../keys/pairwise.ts";
import { inSigningOrder } from "../keys/signing-key.ts";
import type { SigningKeys } from "../keys/signing-keys.ts";

/**
 * Sign-out: applications get a signed logout token when a session ends (OpenID Connect Back-Channel Logout 1.0). This folder owns
 * the token and its delivery, which a job repeats until the application has answered. No page waits for it.
 */

interface Deps {
  readonly issuer: string;
  readonly applications: ApplicationStore;
  readonly keys: SigningKeys;
  readonly hash: KeyedHash;
  readonly fetch: NonNullable<Configuration["fetch"]>;
  readonly log: Log;
}

/** The job that `notify_signed_out` of the database adds wherever a session ends. */
const jobSchema = z.object({ applicationId: z.string(), accountId: z.uuid(), sid: z.string() });
type SignedOutJob = z.output<typeof jobSchema>;

/** Eight more tries, after 5 to 10 seconds, 10 to 20, and so on to ten minutes: about half an hour. An application gets its notices spread. */
const RULES: QueueRules = {
  ...{ claimSeconds: 60, longestSeconds: 60, tries: 9 },
  retrySeconds: (tries) => Math.min(600, randomBetween(5 * 2 ** (tries - 1), 5 * 2 ** tries)),
};

/**
 * Notifies applications that a session has ended (OpenID Connect Back-Channel Logout 1.0). When one does not answer, the
 * job is retried later with a new token, until the queue gives up. It never delays the notification of others.
 */
export class SignOutDelivery implements QueueWork {
  readonly queue = "sign-outs";
  readonly concurrency = 8;
  readonly rules = RULES;
  readonly #deps: Deps;

  constructor(deps: Deps) {
    this.#deps = deps;
  }

  readonly run = async ({ data, retries, isLast }: QueuedJob): Promise<void> => {
    const job = jobSchema.parse(data);
    try {
      await this.#notify(job);
    } catch (error) {
      const what = isLast
        ? "an application was not notified of a sign-out, and will not be"
        : "an application could not be notified of a sign-out";
      this.#deps.log.warn({ application: job.applicationId, tries: retries + 1, isLast, error }, what);
      throw error;
    }
  };

  async #notify({ applicationId, accountId, sid }: SignedOutJob): Promise<void> {
    const application = await this.#deps.applications.find(applicationId);
    if (application === null || application.backchannelLogoutUri === null) {
      return;
    }
    const token = await this.#tokenFor(application, {
      subject: subjectFor(this.#deps.hash, application, accountId),
      sid,
    });
    const { status } = await this.#deps.fetch(application.backchannelLogoutUri, {
      method: "POST",
      headers: { "content-type": "application/x-www-form-urlencoded" },
      body: new URLSearchParams({ logout_token: token }).toString(),
      redirect: "manual",
    });
    if (status !== 200 && status !== 204) {
      throw new Error(`the application answered ${String(status)}`);
    }
  }

  async #tokenFor({ id, idTokenAlgorithm }: Application, about: { subject: string; sid: string }) {
    const { issuer, keys } = this.#deps;
    const at = now();
    const key = inSigningOrder(await keys.read(), at).find(({ alg }) => alg === idTokenAlgorithm);
    if (key === undefined) {
      throw new Error(`There is no key for ${idTokenAlgorithm}.`);
    }
    return logoutToken(key, { issuer, audience: id, at: epochSeconds(at), ...about });
  }
}
