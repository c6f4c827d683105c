import { PermanentError } from '../../core/errors.ts';

/** A module that no thread can run: the Observable errors with it, and what was taken is given back. */
export class ThreadModuleError extends PermanentError {
  constructor(module: string, cause: Error) {
    super(`threads can't run '${module}': ${cause.message}`, { cause }, 'THREAD_MODULE');
  }
}
