'use client';
import { createContext, createElement, useContext, type ReactElement, type ReactNode } from 'react';
import type { PikkuClientLike } from './types.ts';

/** The provider of a client and the hooks that read it, typed for that client. */
export interface PikkuContext<W extends PikkuClientLike> {
  /** Provides a client to the components inside. The client stays open when the provider is unmounted; close it where it was created. */
  PikkuProvider(props: { readonly client: W; readonly children?: ReactNode }): ReactElement;
  /** Returns the client of the nearest provider. */
  usePikkuClient(): W;
  /**
   * Returns the route to a channel, as `getRoute` of the client does: the same opening data returns the same route. Does not connect: the route connects
   * with the first call or subscription.
   */
  usePikkuRoute: W['getRoute'];
}

/**
 * Creates the provider of a client. Call it once for each generated client, outside of components:
 * `export const { PikkuProvider, usePikkuClient, usePikkuRoute } = createPikkuContext<PikkuWebSocket>();`
 */
export function createPikkuContext<W extends PikkuClientLike>(): PikkuContext<W> {
  const context = createContext<W | undefined>(undefined);
  const usePikkuClient = (): W => {
    const client = useContext(context);
    if (!client) throw new Error('There is no client. Render the component inside of the PikkuProvider that the same call of createPikkuContext has returned.');
    return client;
  };
  return {
    PikkuProvider: ({ client, children }) => createElement(context.Provider, { value: client }, children),
    usePikkuClient,
    usePikkuRoute: (name: unknown, ...opening: unknown[]) => usePikkuClient().getRoute(name, ...opening),
  };
}
