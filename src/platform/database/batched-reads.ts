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

/**
 * Batches the questions of all requests in one turn of the event loop (like a DataLoader), so that under load many of them share one
 * round trip. An error of `ask` rejects all questions of the batch.
 */
export function batchReads<Question, Answer>(
  ask: Ask<Question, Answer>,
): (question: Question) => Promise<Answer> {
  let waiting: Waiting<Question, Answer>[] = [];

  const askAll = (): void => {
    const all = waiting;
    waiting = [];
    for (let first = 0; first < all.length; first += MAX_BATCH) {
      void askBatch(ask, all.slice(first, first + MAX_BATCH));
    }
  };

  return (question) =>
    new Promise((resolve, reject) => {
      if (waiting.push({ question, resolve, reject }) === 1) {
        setImmediate(askAll);
      }
    });
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
