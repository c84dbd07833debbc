import { useCallback, useInsertionEffect, useRef, useSyncExternalStore } from 'react';

/** Starts what feeds a store, and returns a function that stops it. */
export type PikkuStart<T> = (set: (value: T) => void) => () => void;

/**
 * A value with a source that runs while a component uses it. React ends and begins the use several times in a row: in strict mode, when the key of a
 * topic changes, and when one component replaces another. All of that happens in one turn of the event loop, so the source stops after the turn, and only
 * if nobody uses it then. The server sees one subscription.
 */
export class PikkuStore<T> {
  readonly #start: PikkuStart<T>;
  readonly #listeners = new Set<() => void>();
  #value: T;
  #stop: (() => void) | undefined;

  constructor(initial: T, start: PikkuStart<T>) {
    this.#value = initial;
    this.#start = start;
  }

  get isUsed(): boolean {
    return this.#listeners.size > 0;
  }

  readonly get = (): T => this.#value;

  readonly set = (value: T): void => {
    if (Object.is(value, this.#value)) return;
    this.#value = value;
    for (const listener of [...this.#listeners]) listener();
  };

  readonly subscribe = (listener: () => void): (() => void) => {
    this.#listeners.add(listener);
    if (!this.#stop) this.#stop = this.#start(this.set);
    return () => {
      this.#listeners.delete(listener);
      queueMicrotask(() => this.#stopIfUnused());
    };
  };

  /** Called after the source has stopped. */
  onStopped: (() => void) | undefined;

  #stopIfUnused(): void {
    if (this.isUsed || !this.#stop) return;
    const stop = this.#stop;
    this.#stop = undefined;
    stop();
    this.onStopped?.();
  }
}

// The stores that are in use, by their route and what they show. Rendering only reads: a component that is never committed leaves nothing behind.
const shared = new WeakMap<object, Map<string, PikkuStore<any>>>();

/**
 * Returns the value of a store that all components share which ask for the same of the same route.
 * @param id Says what the store shows. `start` must depend on nothing but the route and this.
 * @param initial The value before the source has started, and on a server. Must be the same object in each render.
 */
export function useShared<T>(route: object, id: string, initial: T, start: PikkuStart<T>): T {
  const subscribe = useCallback((listener: () => void) => {
    const stores = shared.get(route) ?? new Map<string, PikkuStore<T>>();
    shared.set(route, stores);
    let store = stores.get(id);
    if (!store) {
      stores.set(id, (store = new PikkuStore(initial, start)));
      store.onStopped = () => stores.delete(id);
    }
    return store.subscribe(listener);
    // `initial` and `start` are the same for the same route and id.
  }, [route, id]);
  return useSyncExternalStore<T>(subscribe, () => shared.get(route)?.get(id)?.get() ?? initial, () => initial);
}

/** Returns a reference to the value of the last render, for callbacks that must not restart a subscription when they change. */
export function useLatest<T>(value: T): { readonly current: T } {
  const latest = useRef(value);
  useInsertionEffect(() => {
    latest.current = value;
  });
  return latest;
}

/** Describes the arguments that select a topic. */
export const idOf = (topic: string, key: readonly unknown[]): string => JSON.stringify([topic, ...key]);
