import type { Answer } from "./answer.ts";

/** A page of any list; `more` is that of events, whose cursor never ends. */
interface AnyPage<Item> {
  readonly items: readonly Item[];
  readonly next: string | null;
  readonly more?: boolean;
}

/** Every entry of a list, page by page: `for await (const user of each(client.users.list, { office })) …`. */
export async function* each<Request extends { readonly after?: string | null } | undefined, Item>(
  list: (request: Request) => Promise<Answer<AnyPage<Item>>>,
  request: NonNullable<Request>,
): AsyncGenerator<Item, void> {
  let asked: NonNullable<Request> | null = request;
  while (asked !== null) {
    const { items, next, more = true }: AnyPage<Item> = (await list(asked)).body;
    yield* items;
    asked = next !== null && more ? { ...asked, after: next } : null;
  }
}
