import { questionSchema, type Counted, type Question, type Seeded, type Usage } from "./messages.ts";

/** What a server process does when the bench asks. */
export interface Answers {
  /** What this process uses, unless it speaks for others. */
  usage?(): Promise<Usage>;
  seed(): Promise<Seeded>;
  count(): Promise<void>;
  counted(): Promise<Counted>;
  stop(): Promise<void>;
}

/** Answers what the bench asks this process, one question at a time, and ends it after `stop`. */
export function answerQuestions(answers: Answers): void {
  process.on("message", (message) => {
    const { data } = questionSchema.safeParse(message);
    if (data === undefined) {
      // What the primary of several processes tells them.
      return;
    }
    const { question } = data;
    answerOf(answers, question).then(
      (answer) => {
        process.send?.(answer, () => question === "stop" && process.exit(0));
      },
      (error: unknown) => {
        console.error(error);
        process.exit(1);
      },
    );
  });
  // The bench has died: nobody else would stop this process.
  process.on("disconnect", () => void answers.stop().finally(() => process.exit(1)));
}

async function answerOf(answers: Answers, question: Question): Promise<object> {
  switch (question) {
    case "usage":
      return answers.usage?.() ?? usage();
    case "seed":
      return answers.seed();
    case "count":
      await answers.count();
      return {};
    case "counted":
      return answers.counted();
    case "stop":
      await answers.stop();
      return {};
  }
}

export function usage(): Usage {
  const { user, system } = process.cpuUsage();
  return { rss: process.memoryUsage.rss(), cpu: (user + system) / 1000 };
}
