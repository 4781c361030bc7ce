import type { QueueHealth, QueueHealthStore } from "../platform/messages/queue-health-store.ts";
import { fail, ok, warn, type Finding } from "./finding.ts";

const QUEUES = [
  { channel: "sms", check: "Queue of codes", things: "text messages", late: 2 },
  { channel: "mail", check: "Queue of mails", things: "mails", late: 15 },
  { channel: "task", check: "Queue of tasks", things: "tasks", late: 24 * 60 },
] as const;

/** A worker looks four times a second: after this long, no worker is running. */
const UNTAKEN_MINUTES = 2;

/** Whether a worker takes the messages that are due, and whether failed ones are delivered in the end. */
export async function checkQueues(store: Pick<QueueHealthStore, "of">): Promise<Finding[]> {
  const findings: Finding[] = [];
  for (const queue of QUEUES) {
    const limits = { untakenMinutes: UNTAKEN_MINUTES, lateMinutes: queue.late };
    findings.push(findingOf(queue, await store.of(queue.channel, limits)));
  }
  return findings;
}

function findingOf({ check, things, late: minutes }: (typeof QUEUES)[number], health: QueueHealth): Finding {
  if (health.untaken > 0) {
    const since = String(Math.round(health.seconds / 60));
    return fail(
      check,
      `is not moving: no worker takes the ${things} that are due (${String(health.untaken)}, the first for ${since} minutes)`,
      "Start a server, or `npx vestibule worker` where VESTIBULE_MESSAGE_WORKERS is no; its log says what hinders it.",
    );
  }
  return health.late > 0
    ? warn(
        check,
        `${things} that were tried in vain still wait after ${String(minutes)} minutes (${String(health.late)})`,
        "The gateway does not take them: see the check of the gateway, and docs/messages.md.",
      )
    : ok(check, "goes on");
}
