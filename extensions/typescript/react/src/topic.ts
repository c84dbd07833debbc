'use client';
import type { PikkuChannel, PikkuChannels, PikkuError, PikkuEvent, PikkuEventInfo, PikkuLoss, PikkuTopicKey } from '@pikku-akka/client';
import { useMemo, useSyncExternalStore } from 'react';
import { idOf, PikkuStore, useLatest } from './store.ts';
import type { PikkuRouteLike, PikkuSubscriptionState } from './types.ts';

/** The topics of a channel that clients subscribe to. The server sends the events of other topics by itself: use `route.subscribe` in an effect. */
export type PikkuSubscribableTopic<C extends PikkuChannel<S>, S extends PikkuChannels<S>> = keyof S[C]['subscriptions'] & string;

export interface PikkuTopicOptions<E> {
  /** The number of events to keep, the newest ones. Default: 100. */
  readonly limit?: number | undefined;
  /** Receives each event. The function of the last render is called. */
  readonly onEvent?: ((event: E, info: PikkuEventInfo) => void) | undefined;
}

/** What was received from a topic. */
export interface PikkuReceived<V> extends PikkuSubscriptionState {
  /** The last loss of events that the server could not repair; undefined if none was lost. */
  readonly missed: PikkuLoss | undefined;
  /** What the events have become. */
  readonly value: V;
  /** Begins with the initial value again and forgets `missed`, for example after the application has loaded what was lost. */
  readonly reset: () => void;
}

/** The events that were received from a topic. */
export interface PikkuTopicState<E> extends PikkuSubscriptionState {
  readonly missed: PikkuLoss | undefined;
  /** The newest events; the last one came last. */
  readonly events: readonly E[];
  /** The newest event. */
  readonly last: E | undefined;
  /** Forgets the events and `missed`. */
  readonly clear: () => void;
}

type Reduce = (value: any, event: any, info: PikkuEventInfo) => unknown;

function useReceived<V>(route: PikkuRouteLike<any, any>, topic: string, key: readonly unknown[], initial: V, reduce: Reduce): PikkuReceived<V> {
  const latest = useLatest({ initial, reduce });
  const id = idOf(topic, key);
  const [store, first] = useMemo(() => {
    const first: PikkuReceived<V> = {
      value: initial, missed: undefined, status: 'loading', error: undefined,
      reset: () => change({ value: latest.current.initial, missed: undefined }),
    };
    const change = (part: Partial<PikkuReceived<V>>): void => store.set({ ...store.get(), ...part });
    const close = (error: PikkuError): void => change({ status: 'closed', error });
    const store = new PikkuStore<PikkuReceived<V>>(first, () => {
      let isOver = false;
      const fail = (error: PikkuError): void => {
        isOver = true;
        close(error);
      };
      // The subscription has no callback for the end of the connection, which the route tells.
      const stopStatus = route.onStatus(({ status, error }) => {
        if (isOver || status === 'open') return;
        if (status === 'closed') close(error as PikkuError);
        else if (store.get().status !== 'loading') change({ status: 'stale', error: undefined });
      });
      change({ status: 'loading', error: undefined });
      try {
        const stop = route.subscribe(
          topic, ...key,
          (event: unknown, info: PikkuEventInfo) => change({ value: latest.current.reduce(store.get().value, event, info) as V }),
          {
            onSubscribed: () => change({ status: 'live', error: undefined }),
            onLost: (missed: PikkuLoss) => change({ missed }),
            onDenied: fail,
            onEnded: fail,
          });
        return () => {
          stopStatus();
          stop();
        };
      } catch (error) {
        // The route was closed permanently.
        fail(error as PikkuError);
        return stopStatus;
      }
    });
    return [store, first] as const;
  }, [route, id]);
  return useSyncExternalStore(store.subscribe, store.get, () => first);
}

const NO_EVENTS: readonly any[] = [];

/**
 * Subscribes to a topic and returns its newest events. Topics with history resume after a reconnect; `missed` says what could not be repaired.
 */
export function usePikkuTopic<C extends PikkuChannel<S>, T extends PikkuSubscribableTopic<C, S>, S extends PikkuChannels<S>>(
  route: PikkuRouteLike<C, S>, topic: T, ...args: [...key: PikkuTopicKey<C, T, S>, options?: PikkuTopicOptions<PikkuEvent<C, T, S>>]
): PikkuTopicState<PikkuEvent<C, T, S>> {
  type E = PikkuEvent<C, T, S>;
  const [key, [options = {}]] = splitKey(topic, args) as [readonly unknown[], readonly [PikkuTopicOptions<E>?]];
  const { limit = 100, onEvent } = options;
  const { value, reset, missed, status, error } = useReceived<readonly E[]>(route, topic, key, NO_EVENTS, (events: readonly E[], event: E, info) => {
    onEvent?.(event, info);
    return limit > 0 ? [...events.slice(1 - limit || events.length), event] : events;
  });
  return { events: value, last: value.at(-1), missed, status, error, clear: reset };
}

/**
 * Subscribes to a topic and returns what a function makes of its events, beginning with `initial`. `reduce` must return a new value and leave the old one
 * unchanged. If the topic has a snapshot, use `usePikkuLive`, which begins with it.
 */
export function usePikkuReducer<C extends PikkuChannel<S>, T extends PikkuSubscribableTopic<C, S>, V, S extends PikkuChannels<S>>(
  route: PikkuRouteLike<C, S>, topic: T,
  ...args: [...key: PikkuTopicKey<C, T, S>, reduce: (value: V, event: PikkuEvent<C, T, S>, info: PikkuEventInfo) => V, initial: V]
): PikkuReceived<V> {
  const [key, [reduce, initial]] = splitKey(topic, args) as [readonly unknown[], readonly [Reduce, V]];
  return useReceived(route, topic, key, initial, reduce);
}

/** Only the name of a family has placeholders, and only a family has a key. */
function splitKey(topic: string, args: readonly unknown[]): readonly [key: readonly unknown[], rest: readonly unknown[]] {
  const count = topic.includes('{') ? 1 : 0;
  return [args.slice(0, count), args.slice(count)];
}
