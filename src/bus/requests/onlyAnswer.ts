import { from, isObservable, map, type Observable, of, take, toArray } from 'rxjs';
import { HandlerAnsweredTwiceError } from '../../operators/handlerAnsweredTwiceError.ts';

/**
 * The one answer in what a handler returned: a value, or a Promise or an Observable of one; nothing is null. Errors with
 * `HandlerAnsweredTwiceError` if there are more.
 */
export function onlyAnswer(answer: unknown, messageId: string): Observable<unknown> {
  return observableOf(answer).pipe(
    take(2),
    toArray(),
    map((answers) => {
      if (answers.length > 1) throw new HandlerAnsweredTwiceError(messageId);
      return answers[0] ?? null;
    }),
  );
}

function observableOf(answer: unknown): Observable<unknown> {
  if (isObservable(answer)) return answer;
  return typeof (answer as PromiseLike<unknown> | null)?.then === 'function'
    ? from(answer as PromiseLike<unknown>)
    : of(answer);
}
