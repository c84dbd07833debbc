'use client';
import type { PikkuArguments, PikkuChannel, PikkuChannels, PikkuError, PikkuInput, PikkuItem, PikkuKey, PikkuStream } from '@pikku-akka/client';
import { useMemo, useSyncExternalStore } from 'react';
import { errorOf } from './action.ts';
import { idOf, PikkuStore, useLatest } from './store.ts';
import type { PikkuRouteLike } from './types.ts';

export interface PikkuStreamHookOptions<I> {
  /** The number of items to keep, the newest ones. Default: 100. */
  readonly limit?: number | undefined;
  /** Receives each item. The function of the last render is called. */
  readonly onItem?: ((item: I) => void) | undefined;
}

/** The items of a stream. */
export interface PikkuStreamState<I> {
  /** Nothing came yet, items came, all items came, or the stream has failed because of `error`. */
  readonly status: 'loading' | 'streaming' | 'done' | 'error';
  readonly error: PikkuError | undefined;
  /** The newest items; the last one came last. */
  readonly items: readonly I[];
  /** The newest item. */
  readonly last: I | undefined;
  /** Calls the action again, with no items. */
  readonly restart: () => void;
}

const NO_ITEMS: readonly any[] = [];

/**
 * Calls an action that answers with a stream while the component is mounted, and returns its newest items. Another input calls it again. A stream is not repeated
 * by itself: after the loss of the connection its status is `error`, and `restart` calls the action again.
 */
export function usePikkuStream<C extends PikkuChannel<S>, A extends PikkuStream<C, undefined, S>, S extends PikkuChannels<S>>(
  route: PikkuRouteLike<C, S>, action: A, ...args: PikkuArguments<PikkuInput<C, A, undefined, S>, PikkuStreamHookOptions<PikkuItem<C, A, undefined, S>>>
): PikkuStreamState<PikkuItem<C, A, undefined, S>>;
/** Calls an action of another routing key that answers with a stream. */
export function usePikkuStream<C extends PikkuChannel<S>, K extends PikkuKey<C, S>, A extends PikkuStream<C, K, S>, S extends PikkuChannels<S>>(
  route: PikkuRouteLike<C, S>, action: A,
  ...args: PikkuArguments<PikkuInput<C, A, K, S>, PikkuStreamHookOptions<PikkuItem<C, A, K, S>> & { readonly key: K }>
): PikkuStreamState<PikkuItem<C, A, K, S>>;
export function usePikkuStream<I>(
  route: PikkuRouteLike<any, any>, action: string, input?: unknown, options: PikkuStreamHookOptions<I> & { readonly key?: string } = {},
): PikkuStreamState<I> {
  const { key } = options;
  const latest = useLatest(options);
  const id = idOf(action, [key, input]);
  const [store, first] = useMemo(() => {
    let current = new AbortController();
    const first: PikkuStreamState<I> = { status: 'loading', error: undefined, items: NO_ITEMS, last: undefined, restart };
    const store = new PikkuStore<PikkuStreamState<I>>(first, () => {
      void run();
      return () => current.abort();
    });

    function restart(): void {
      current.abort();
      // A component that is gone starts nothing.
      if (store.isUsed) void run();
    }

    async function run(): Promise<void> {
      const call = current = new AbortController();
      store.set(first);
      const change = (part: Partial<PikkuStreamState<I>>): void => {
        // An earlier call changes the state no more.
        if (call === current && !call.signal.aborted) store.set({ ...store.get(), ...part });
      };
      try {
        const sender = key === undefined ? route : route.via(key);
        for await (const item of sender.stream(action, input, { signal: call.signal }) as AsyncIterable<I>) {
          if (call.signal.aborted) return;
          const { limit = 100, onItem } = latest.current;
          onItem?.(item);
          const { items } = store.get();
          change({ status: 'streaming', items: limit > 0 ? [...items.slice(1 - limit || items.length), item] : items, last: item });
        }
        change({ status: 'done' });
      } catch (error) {
        change({ status: 'error', error: errorOf(error) });
      }
    }

    return [store, first] as const;
  }, [route, id]);
  return useSyncExternalStore(store.subscribe, store.get, () => first);
}
