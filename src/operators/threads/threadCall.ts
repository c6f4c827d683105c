import { serialize } from 'node:v8';
import { workerData } from 'node:worker_threads';
import { type CarriedError, carry } from './carriedError.ts';
import { loadModule } from './loadModule.ts';
import { LOAD, type ThreadAnswer, type ThreadContext, type ThreadSetup, type ThreadTask } from './threadTask.ts';

type Handler = (data: unknown, context: ThreadContext<unknown>) => unknown;

let loading: Promise<Handler | CarriedError> | undefined;

/**
 * Does a task, in a thread: loads the module, or has its handler called.
 *
 * Never throws: what is thrown would end the thread, or lose its class on the way.
 */
export async function threadCall(task: ThreadTask | typeof LOAD): Promise<ThreadAnswer> {
  loading ??= load(workerData as ThreadSetup).catch(carry);
  const handler = await loading;
  if (typeof handler !== 'function') return { kind: 'unloadable', error: handler };
  return task === LOAD ? { kind: 'loaded' } : call(handler, task);
}

async function load({ module, name }: ThreadSetup): Promise<Handler> {
  const loaded = await loadModule(module);
  const handler = loaded[name];
  if (typeof handler === 'function') return handler as Handler;
  const names = Object.keys(loaded).join(', ') || 'nothing';
  throw new Error(`it exports no function '${name}', but ${names}`);
}

async function call(handler: Handler, { data, message, attempt, trace }: ThreadTask): Promise<ThreadAnswer> {
  let answer: unknown;
  try {
    answer = await handler(data, { message: { ...message, data }, attempt, trace });
  } catch (cause) {
    return { kind: 'failed', error: carry(cause) };
  }
  if (answer === undefined) return { kind: 'answered', bytes: undefined };
  try {
    // Here rather than by the port: what a port can't send would end the thread.
    return { kind: 'answered', bytes: serialize(answer) };
  } catch (cause) {
    return { kind: 'uncloneable', error: carry(cause) };
  }
}
