'use client';
import type {
  PikkuAction, PikkuArguments, PikkuChannel, PikkuChannels, PikkuError, PikkuInput, PikkuKey, PikkuOutput, PikkuSendOptions,
} from '@pikku-akka/client';
import { useCallback, useEffect, useRef, useState } from 'react';
import { useLatest } from './store.ts';
import type { PikkuRouteLike } from './types.ts';

export interface PikkuActionOptions {
  /** The timeout of each call in milliseconds; 0 for no timeout. Default: that of the client. */
  readonly timeout?: number | undefined;
  /** True to cancel open calls when the component is unmounted. Default: false, because the user expects that what was started is completed. */
  readonly cancelOnUnmount?: boolean | undefined;
}

/** The state of the last call. */
export type PikkuCallState<O> =
  | { readonly status: 'idle'; readonly isPending: false; readonly data: O | undefined; readonly error: undefined }
  | { readonly status: 'pending'; readonly isPending: true; readonly data: O | undefined; readonly error: undefined }
  | { readonly status: 'success'; readonly isPending: false; readonly data: O; readonly error: undefined }
  | { readonly status: 'error'; readonly isPending: false; readonly data: O | undefined; readonly error: PikkuError };

/** An action, and the state of its last call. `data` is the last result; while a call is pending or has failed, that of an earlier one. */
export type PikkuActionState<I, O> = PikkuCallState<O> & {
  /**
   * Calls the action. The promise settles like that of `send`. It need not be awaited: a failure is also in `error`, and is no unhandled rejection.
   * If several calls are open, the state is that of the last one.
   */
  readonly run: (...args: PikkuArguments<I>) => Promise<O>;
  /** Cancels all open calls, also on the server. The functions may have run. The status becomes `idle`. */
  readonly cancel: () => void;
  /** Forgets the result and the error. Open calls continue, but change the state no more. */
  readonly reset: () => void;
};

const IDLE = { status: 'idle', isPending: false, data: undefined, error: undefined } as const;

/** Everything that a call is rejected with is an error of the client, except input that is not JSON. */
export const errorOf = (error: unknown): PikkuError => error instanceof Error && 'retryable' in error
  ? (error as PikkuError)
  : Object.assign(error instanceof Error ? error : new Error(String(error)), { status: 0, retryable: false });

/** Returns a function that calls an action of the first routing key, and the state of the call. */
export function usePikkuAction<C extends PikkuChannel<S>, A extends PikkuAction<C, undefined, S>, S extends PikkuChannels<S>>(
  route: PikkuRouteLike<C, S>, action: A, options?: PikkuActionOptions,
): PikkuActionState<PikkuInput<C, A, undefined, S>, PikkuOutput<C, A, undefined, S>>;
/** Returns a function that calls an action of another routing key, and the state of the call. */
export function usePikkuAction<C extends PikkuChannel<S>, K extends PikkuKey<C, S>, A extends PikkuAction<C, K, S>, S extends PikkuChannels<S>>(
  route: PikkuRouteLike<C, S>, action: A, options: PikkuActionOptions & { readonly key: K },
): PikkuActionState<PikkuInput<C, A, K, S>, PikkuOutput<C, A, K, S>>;
export function usePikkuAction<O>(
  route: PikkuRouteLike<any, any>, action: string, options: PikkuActionOptions & { readonly key?: string } = {},
): PikkuActionState<unknown, O> {
  const { key } = options;
  const latest = useLatest(options);
  // The state belongs to the function that has begun the call, so that it disappears when the route or the action changes.
  const [state, setState] = useState<{ readonly of?: unknown; readonly call: PikkuCallState<O> }>({ call: IDLE });
  // What is open, and the number of the last call. An earlier call changes the state no more.
  const calls = useRef<{ readonly open: Set<AbortController>; last: number }>({ open: new Set(), last: 0 }).current;

  const run = useCallback((...[data, given]: readonly [data?: unknown, options?: PikkuSendOptions]): Promise<O> => {
    const abort = new AbortController();
    const number = ++calls.last;
    const forward = (): void => abort.abort(given!.signal!.reason);
    if (given?.signal?.aborted) forward();
    given?.signal?.addEventListener('abort', forward);
    calls.open.add(abort);
    const settle = (next: (data: O | undefined) => PikkuCallState<O>): void => {
      calls.open.delete(abort);
      given?.signal?.removeEventListener('abort', forward);
      if (number === calls.last) setState(before => ({ of: run, call: next(before.of === run ? before.call.data : undefined) }));
    };
    setState(before => ({ of: run, call: { status: 'pending', isPending: true, data: before.of === run ? before.call.data : undefined, error: undefined } }));
    const sender = key === undefined ? route : route.via(key);
    const result: Promise<O> = sender.send(action, data, { timeout: latest.current.timeout, ...given, signal: abort.signal });
    result.then(
      data => settle(() => ({ status: 'success', isPending: false, data, error: undefined })),
      error => settle(data => abort.signal.aborted
        ? { ...IDLE, data }
        : { status: 'error', isPending: false, data, error: errorOf(error) }));
    return result;
  }, [route, action, key]);

  const cancel = useCallback((): void => {
    for (const abort of [...calls.open]) abort.abort();
  }, []);

  const reset = useCallback((): void => {
    calls.last++;
    setState({ call: IDLE });
  }, []);

  useEffect(() => () => {
    if (latest.current.cancelOnUnmount) cancel();
  }, []);

  return { ...(state.of === run ? state.call : IDLE), run, cancel, reset };
}
