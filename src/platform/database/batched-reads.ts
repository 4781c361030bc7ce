interface Waiting<Question, Answer> {
  readonly question: Question;
  readonly resolve: (answer: Answer | PromiseLike<Answer>) => void;
  readonly reject: (error: unknown) => void;
}

/** Returns the answers in the order of the questions. An answer may be a promise that resolves later than the others. */
type Ask<Question, Answer> = (
  questions: readonly Question[],
) => Promise<readonly (Answer | PromiseLike<Answer>)[]>;

/** Larger batches do not improve the plan and delay the answer. */
const MAX_BATCH = 50;

/** A batch that is not answered after this time holds up no other: it may wait for a lock, or its connection may be dead. */
const PATIENCE_MS = 100;

/**
 * Batches the questions of all requests in one turn of the event loop (like a DataLoader), so that under load many of them share one
 * round trip. An error of `ask` rejects all questions of the batch. While `mostAtOnce` batches are on their way, further questions
 * gather in the next one.
 */
export function batchReads<Question, Answer>(
  ask: Ask<Question, Answer>,
  { mostAtOnce = Infinity }: { readonly mostAtOnce?: number } = {},
): (question: Question) => Promise<Answer> {
  let waiting: Waiting<Question, Answer>[] = [];
  let onTheirWay = 0;
  let isPlanned = false;

  const plan = (): void => {
    if (!isPlanned && waiting.length > 0 && onTheirWay < mostAtOnce) {
      isPlanned = true;
      setImmediate(askAll);
    }
  };
  const send = (some: readonly Waiting<Question, Answer>[]): void => {
    onTheirWay += 1;
    const ended = once(() => {
      onTheirWay -= 1;
      plan();
    });
    const late = setTimeout(ended, PATIENCE_MS);
    void askBatch(ask, some).finally(() => {
      clearTimeout(late);
      ended();
    });
  };
  const askAll = (): void => {
    isPlanned = false;
    while (waiting.length > 0 && onTheirWay < mostAtOnce) {
      const some = waiting.slice(0, MAX_BATCH);
      waiting = waiting.slice(MAX_BATCH);
      send(some);
    }
  };

  return (question) =>
    new Promise((resolve, reject) => {
      waiting.push({ question, resolve, reject });
      plan();
    });
}

function once(run: () => void): () => void {
  let hasRun = false;
  return () => {
    if (!hasRun) {
      hasRun = true;
      run();
    }
  };
}

async function askBatch<Question, Answer>(
  ask: Ask<Question, Answer>,
  some: readonly Waiting<Question, Answer>[],
): Promise<void> {
  try {
    const answers = await ask(some.map(({ question }) => question));
    some.forEach(({ resolve }, index) => {
      resolve(answers[index] as Answer);
    });
  } catch (error) {
    some.forEach(({ reject }) => {
      reject(error);
    });
  }
}
