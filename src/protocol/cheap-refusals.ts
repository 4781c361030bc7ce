import { errors } from "oidc-provider";

/**
 * oidc-provider makes the error of a refusal before it looks whether it has to refuse: three of them for each userinfo, and their
 * stacks were a tenth of its time. A refusal says what is wrong by its fields, and no log line has its stack, so it gets none.
 * All other errors, such as a fault inside the library, keep theirs. Import this before errors of the library are made.
 */
class ErrorWithoutStack extends Error {
  constructor(message?: string, options?: ErrorOptions) {
    const { stackTraceLimit } = Error;
    Error.stackTraceLimit = 0;
    super(message, options);
    Error.stackTraceLimit = stackTraceLimit;
  }
}

const { OIDCProviderError } = errors;
Object.setPrototypeOf(OIDCProviderError, ErrorWithoutStack);

// The classes of the library capture the stack once more.
const capture = Error.captureStackTrace.bind(Error);
Error.captureStackTrace = (target, from) => {
  if (!(target instanceof OIDCProviderError)) {
    capture(target, from);
  }
};
