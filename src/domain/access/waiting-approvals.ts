import { now } from "../../kernel/clock.ts";
import type { UserStore } from "../users/user-store.ts";
import type { User } from "../users/user.ts";
import { isStillAsked, stillAsked } from "./approval-asker.ts";
import type { RequestKey } from "./approval.ts";
import {
  FIRST_APPROVAL,
  type ApprovalPlace,
  type ApprovalStore,
  type WaitingApproval,
} from "./approval-store.ts";

interface Deps {
  readonly approvals: ApprovalStore;
  readonly users: UserStore;
}

/** `next`: where the next page begins; null on the last one. */
interface ApprovalPage {
  readonly items: readonly WaitingApproval[];
  readonly next: ApprovalPlace | null;
}

export interface OldestApprovals {
  readonly items: readonly WaitingApproval[];
  readonly hasMore: boolean;
}

/** What an overview counts. */
const MOST = 100;

/** What waits for a second person, and still counts. */
export class WaitingApprovals {
  readonly #deps: Deps;

  constructor({ approvals, users }: Deps) {
    this.#deps = { approvals, users };
  }

  /** The oldest in all offices, and whether there may be more than that; for members of support. */
  async oldest(most = MOST): Promise<OldestApprovals> {
    const items: WaitingApproval[] = [];
    let place: ApprovalPlace | null = FIRST_APPROVAL;
    while (place !== null && items.length < most) {
      const page: ApprovalPage = await this.page(null, { after: place, size: most });
      items.push(...page.items);
      place = page.next;
    }
    return { items, hasMore: place !== null };
  }

  /**
   * The oldest after a place: of one office, or for members of support of all (`null`). A page has fewer than `size` where requests no
   * longer count.
   */
  async page(
    officeId: string | null,
    { after = FIRST_APPROVAL, size }: { readonly after?: ApprovalPlace; readonly size: number },
  ): Promise<ApprovalPage> {
    const { approvals, users } = this.#deps;
    const found = await approvals.waitingAfter(officeId, { after, limit: size + 1, now: now() });
    const shown = found.slice(0, size);
    const last = found.length > size ? shown.at(-1) : undefined;
    const next = last === undefined ? null : { requestedAt: last.requestedAt, id: last.id };
    return { items: await stillAsked(users, shown), next };
  }

  /** One of this office; null for any other. */
  async find({ id, officeId }: RequestKey): Promise<WaitingApproval | null> {
    const { approvals, users } = this.#deps;
    const found = await approvals.findWaiting(officeId, { id }, now());
    return found !== null && (await isStillAsked(users, found)) ? found : null;
  }

  /** The one that is about this user; null when there is none. */
  async findFor({ id, officeId }: Pick<User, "id" | "officeId">): Promise<WaitingApproval | null> {
    const { approvals, users } = this.#deps;
    const found = await approvals.findWaiting(officeId, { userId: id }, now());
    return found !== null && (await isStillAsked(users, found)) ? found : null;
  }
}
