import { now } from "../../kernel/clock.ts";
import { permit } from "../../domain/access/access.ts";
import { SUPPORT_OFFICE_CODE } from "../../domain/offices/office.ts";
import type { OfficeCounts } from "../../domain/offices/overview-store.ts";
import type { ChecklistState } from "./office-checklist-store.ts";
import { officeHref, userHref, type OfficeContext } from "./page.ts";
import { dayText } from "./settings-texts.ts";

/** One line: what it is about, how far it is, and the ways to go on; none for a line that is done, or for another reader. */
interface Item {
  readonly title: string;
  readonly isDone: boolean;
  readonly text: string;
  readonly links: readonly { readonly text: string; readonly href: string }[];
}

export interface Checklist {
  /** `isNext`: the first line on which the reader can go on. */
  readonly items: readonly (Item & { readonly isNext: boolean })[];
  readonly done: number;
  readonly dismissHref: string;
}

interface Known {
  readonly counts: OfficeCounts;
  readonly state: ChecklistState;
}

/** An office of more than so many days, with people at work, has found its own way. */
const FIRST_DAYS = 30;
const DAY_MS = 24 * 60 * 60 * 1000;

/** Whether an office has no second user yet: then there is nothing to count and nothing to draw. Support's own is never new. */
export const isNewOffice = ({ users, disabled }: OfficeCounts, { office }: OfficeContext): boolean =>
  office.code !== SUPPORT_OFFICE_CODE && users + disabled < 2;

/** The first steps of an office; null when they are done or dismissed, and where the office is closed or long at work. */
export function checklistOf({ counts, state }: Known, context: OfficeContext): Checklist | null {
  const { office } = context;
  const isYoung = now().getTime() - state.createdAt.getTime() < FIRST_DAYS * DAY_MS;
  const isOver = state.isDismissed || office.status === "closed" || office.code === SUPPORT_OFFICE_CODE;
  if (isOver || !(isYoung || isNewOffice(counts, context))) {
    return null;
  }
  const items = [
    superuserItem(state, context),
    usersItem(counts, context),
    factorItem(context),
    applicationItem(state, context),
  ];
  const done = items.filter(({ isDone }) => isDone).length;
  const next = items.find(({ links }) => links.length > 0);
  return done === items.length
    ? null
    : {
        items: items.map((item) => ({ ...item, isNext: item === next })),
        done,
        dismissHref: officeHref(office.code, "/first-steps"),
      };
}

function superuserItem({ superuser }: ChecklistState, context: OfficeContext): Item {
  const { actor, office, target, t } = context;
  const title = t("console.checklist.superuser");
  if (superuser === null) {
    const add = { text: t("console.overview.addSuperuser"), href: officeHref(office.code, "/users/add") };
    const links = permit(actor, "user.add", target) === "never" ? [] : [add];
    return { title, isDone: false, text: t("console.checklist.superuser.none"), links };
  }
  const { id, name } = superuser;
  // A superuser who reads this has signed in.
  const isDone = superuser.hasSignedIn || actor.role === "superuser";
  const page = { text: t("console.checklist.superuser.page", { name }), href: userHref(office.code, id) };
  return {
    title,
    isDone,
    text: t(`console.checklist.superuser.${isDone ? "done" : "waiting"}`, { name }),
    links: isDone ? [] : [page],
  };
}

function usersItem(counts: OfficeCounts, context: OfficeContext): Item {
  const { office, t } = context;
  const title = t("console.checklist.users");
  if (!isNewOffice(counts, context)) {
    const text = t("console.overview.people", { people: counts.users + counts.disabled });
    return { title, isDone: true, text, links: [] };
  }
  return forSuperuser(context, {
    title,
    text: t("console.checklist.users.none"),
    links: [
      { text: t("console.users-import.title"), href: officeHref(office.code, "/users/import") },
      { text: t("console.user-add.title"), href: officeHref(office.code, "/users/add") },
    ],
  });
}

function factorItem(context: OfficeContext): Item {
  const { office, t, language } = context;
  const title = t("console.checklist.factor");
  const { demand, from } = office.secondFactor;
  if (demand === "off") {
    const href = officeHref(office.code, "/settings/second-factor");
    const links = [{ text: t("console.overview.change"), href }];
    return forSuperuser(context, { title, text: t("console.checklist.factor.off"), links });
  }
  const text =
    from !== null && from > now()
      ? t("console.checklist.factor.from", { day: dayText(from, office, language) })
      : t("console.checklist.factor.required");
  return { title, isDone: true, text, links: [] };
}

function applicationItem({ application }: ChecklistState, context: OfficeContext): Item {
  const { office, t } = context;
  const title = t("console.checklist.application");
  if (application !== null) {
    return { title, isDone: true, text: application, links: [] };
  }
  const links = [
    { text: t("console.application-add.title"), href: officeHref(office.code, "/applications/add") },
  ];
  return forSuperuser(context, { title, text: t("console.checklist.application.none"), links });
}

/** What is left to the office itself, although support could do it too. */
const forSuperuser = ({ actor, t }: OfficeContext, item: Omit<Item, "isDone">): Item =>
  actor.role === "superuser"
    ? { ...item, isDone: false }
    : { title: item.title, isDone: false, text: t("console.checklist.bySuperuser"), links: [] };
