'use client';
import type { PikkuChannel, PikkuChannels, PikkuStatus, PikkuStatusChange } from '@pikku-akka/client';
import { useShared } from './store.ts';
import type { PikkuRouteLike } from './types.ts';

const unchanged = (status: PikkuStatus): PikkuStatusChange => ({ status, previous: status, missed: false });

const states: { readonly [S in PikkuStatus]: PikkuStatusChange } = {
  idle: unchanged('idle'), connecting: unchanged('connecting'), open: unchanged('open'), waiting: unchanged('waiting'), closed: unchanged('closed'),
};

/** Returns the status of a route with the last change of it, such as the reason why the route waits. Does not connect the route. */
export function usePikkuStatus<C extends PikkuChannel<S>, S extends PikkuChannels<S>>(route: PikkuRouteLike<C, S>): PikkuStatusChange {
  const change = useShared(route, 'status', states[route.status], set => {
    set(states[route.status]);
    return route.onStatus(set);
  });
  return change;
}
