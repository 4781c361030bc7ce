/** What each suite has open, in the order in which it was opened. */
const openOf = new WeakMap<Mocha.Suite, (() => unknown)[]>();

/**
 * Opens a resource before the suite's tests and closes it after them. Resources close in reverse order and after the
 * suite's own `after` hooks, so that no server outlives its database. Call it inside `describe`.
 */
export function useResource<T extends object>(
  open: () => T | Promise<T>,
  close: (resource: T) => unknown = () => undefined,
): T {
  let opened: T | null = null;
  before(async function () {
    const resource = await open();
    opened = resource;
    closeAfter(this.test?.parent, () => close(resource));
  });
  return onceMade(() => opened);
}

/** Makes an object anew before each test of the suite. Call it inside `describe`. */
export function useFresh<T extends object>(make: () => T | Promise<T>): T {
  let made: T | null = null;
  beforeEach(async () => {
    made = await make();
  });
  return onceMade(() => made);
}

function closeAfter(suite: Mocha.Suite | undefined, close: () => unknown): void {
  if (suite === undefined) {
    throw new Error("A resource is opened inside of a suite.");
  }
  const open = openOf.get(suite);
  if (open !== undefined) {
    open.push(close);
    return;
  }
  const closing = [close];
  openOf.set(suite, closing);
  // Added only now: Mocha runs `after` hooks in the order of their registration.
  suite.afterAll(async () => {
    for (const each of closing.reverse()) {
      await each();
    }
  });
}

/** An object that a hook makes later: every access goes to the real one, so that a suite can name it at once. */
export function onceMade<T extends object>(find: () => T | null): T {
  const made = (): T => {
    const found = find();
    if (found === null) {
      throw new Error("This is made before the first test: read it inside of hooks and tests.");
    }
    return found;
  };
  const forward: ProxyHandler<object> = {
    get: (_empty, key) => {
      const value: unknown = Reflect.get(made(), key);
      // Private fields are found by their own object only.
      return typeof value === "function" ? (value.bind(made()) as unknown) : value;
    },
    has: (_empty, key) => Reflect.has(made(), key),
    ownKeys: () => Reflect.ownKeys(made()),
    getOwnPropertyDescriptor: (_empty, key) => {
      const descriptor = Reflect.getOwnPropertyDescriptor(made(), key);
      // A proxy may report no fixed property that its target lacks.
      return descriptor === undefined ? undefined : { ...descriptor, configurable: true };
    },
  };
  // The proxy has what the real object has.
  return new Proxy({}, forward) as T;
}
