'use client';
import type {
  PikkuChannel, PikkuChannels, PikkuError, PikkuEvent, PikkuLiveTopic, PikkuPresenceEntry, PikkuPresenceInfo, PikkuPresenceTopic, PikkuReduce, PikkuSnapshot,
  PikkuStateTopic, PikkuStateValue, PikkuTopicKey,
} from '@pikku-akka/client';
import { useMemo, useSyncExternalStore } from 'react';
import { idOf, PikkuStore, useLatest, useShared, type PikkuStart } from './store.ts';
import type { PikkuRouteLike, PikkuSource, PikkuSubscriptionState } from './types.ts';

/** The state of a topic. */
export interface PikkuLiveState<V> extends PikkuSubscriptionState {
  /** The state; undefined until it is loaded. After a loss or an error, it is the last one that was known. */
  readonly value: V | undefined;
  /** Loads the state again. */
  readonly reload: () => void;
}

/** Who is present in a topic. */
export interface PikkuPresenceState<I> extends PikkuSubscriptionState {
  /** The connections; those that have joined later are last. */
  readonly entries: readonly PikkuPresenceEntry<I>[];
  /** The infos without repetitions: a user with two tabs is listed once if both tabs have the same info. */
  readonly infos: readonly I[];
}

/** The entries of a state topic. */
export interface PikkuEntriesState<V> extends PikkuSubscriptionState {
  /** The value of each key. A change creates another map. */
  readonly entries: ReadonlyMap<string, V>;
}

const LOADING = { status: 'loading', error: undefined } as const;
const NOTHING: PikkuLiveState<any> = { value: undefined, reload: () => {}, ...LOADING };
const NOBODY: PikkuPresenceState<any> = { entries: [], infos: [], ...LOADING };
const NO_ENTRIES: PikkuEntriesState<any> = { entries: new Map(), ...LOADING };

/** Follows an object of the client while a component shows it. A route that was closed permanently creates none. */
function following<L extends PikkuSource, T extends PikkuSubscriptionState>(create: () => L, view: (source: L) => T, initial: T): PikkuStart<T> {
  return set => {
    let source: L;
    try {
      source = create();
    } catch (error) {
      set({ ...initial, status: 'closed', error: error as PikkuError });
      return () => {};
    }
    set(view(source));
    const stop = source.onChange(() => set(view(source)));
    return () => {
      stop(); // First, because closing is a change that nobody asked to see.
      source.close();
    };
  };
}

/**
 * Returns the state of a topic with a snapshot, to which `reduce` applies each event. If events are lost, the state is loaded again. `reduce` must return
 * a new state and leave the old one unchanged, and may differ in each render; the one of the last render is used.
 */
export function usePikkuLive<C extends PikkuChannel<S>, T extends PikkuLiveTopic<C, S>, S extends PikkuChannels<S>>(
  route: PikkuRouteLike<C, S>, topic: T, ...args: [...key: PikkuTopicKey<C, T, S>, reduce: PikkuReduce<PikkuSnapshot<C, T, S>, PikkuEvent<C, T, S>>]
): PikkuLiveState<PikkuSnapshot<C, T, S>> {
  const key = args.slice(0, -1);
  const reduce = useLatest(args.at(-1) as PikkuReduce<unknown, unknown>);
  const id = idOf(topic, key);
  const store = useMemo(() => new PikkuStore<PikkuLiveState<any>>(NOTHING, following(
    () => route.live(topic, ...key, ((state, event, info) => reduce.current(state, event, info)) satisfies PikkuReduce<unknown, unknown>),
    live => ({ value: live.value, status: live.status, error: live.error, reload: () => live.reload() }),
    NOTHING,
  )), [route, id]);
  return useSyncExternalStore(store.subscribe, store.get, () => NOTHING);
}

/** Returns who is present in a topic. All components that show the same list share one subscription. */
export function usePresence<C extends PikkuChannel<S>, T extends PikkuPresenceTopic<C, S>, S extends PikkuChannels<S>>(
  route: PikkuRouteLike<C, S>, topic: T, ...key: PikkuTopicKey<C, T, S>
): PikkuPresenceState<PikkuPresenceInfo<C, T, S>> {
  return useShared(route, `presence ${idOf(topic, key)}`, NOBODY, following(
    () => route.presence(topic, ...key),
    ({ entries, infos, status, error }) => ({ entries: entries as readonly PikkuPresenceEntry<any>[], infos, status, error }),
    NOBODY,
  ));
}

/** Returns the entries of a state topic. All components that show the same entries share one subscription. */
export function usePikkuState<C extends PikkuChannel<S>, T extends PikkuStateTopic<C, S>, S extends PikkuChannels<S>>(
  route: PikkuRouteLike<C, S>, topic: T, ...key: PikkuTopicKey<C, T, S>
): PikkuEntriesState<PikkuStateValue<C, T, S>> {
  return useShared(route, `state ${idOf(topic, key)}`, NO_ENTRIES, following(
    () => route.state(topic, ...key),
    ({ entries, status, error }) => ({ entries: entries as ReadonlyMap<string, any>, status, error }),
    NO_ENTRIES,
  ));
}
