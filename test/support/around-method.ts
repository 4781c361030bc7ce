type Method = (...given: unknown[]) => Promise<unknown>;

/**
 * Runs `hook` in place of a method of every object of a class, also of several servers in this process, until what this returns is
 * called; `call` is the method itself.
 */
export function aroundMethod<T extends object>(
  { prototype }: { prototype: T },
  name: keyof T & string,
  hook: (call: () => Promise<unknown>) => Promise<unknown>,
): () => void {
  const methods = prototype as Record<string, Method>;
  const original = methods[name];
  if (original === undefined) {
    throw new Error(`There is no method ${name}.`);
  }
  methods[name] = function (this: T, ...given) {
    return hook(() => original.apply(this, given));
  };
  return () => {
    methods[name] = original;
  };
}
