import type { PikkuChannel, PikkuChannels, PikkuError, PikkuLiveStatus, PikkuStatus, PikkuStatusChange } from '@pikku-akka/client';

/** The members of a client that the context uses. Every generated client has them. */
export interface PikkuClientLike {
  getRoute(name: any, ...opening: any[]): unknown;
}

/**
 * The members of a route that the hooks use. The routes of every generated client have them, whether its runtime is in the generated file or in the
 * package. `name` and `types` carry the types of the channel.
 */
export interface PikkuRouteLike<C extends PikkuChannel<S>, S extends PikkuChannels<S>> {
  readonly name: C;
  readonly types?: S;
  readonly status: PikkuStatus;
  connect(): Promise<void>;
  via(key: any): { send(action: any, ...args: any[]): Promise<any>; stream(action: any, ...args: any[]): AsyncIterable<any> };
  send(action: any, ...args: any[]): Promise<any>;
  stream(action: any, ...args: any[]): AsyncIterable<any>;
  subscribe(topic: any, ...args: any[]): () => void;
  live(topic: any, ...args: any[]): PikkuSource & { readonly value: unknown; reload(): void };
  presence(topic: any, ...key: any[]): PikkuSource & { readonly entries: readonly unknown[]; readonly infos: readonly unknown[] };
  state(topic: any, ...key: any[]): PikkuSource & { readonly entries: ReadonlyMap<string, unknown> };
  onStatus(callback: (change: PikkuStatusChange) => void): () => void;
}

/** A value that the client keeps up to date until it is closed. */
export interface PikkuSource {
  readonly status: PikkuLiveStatus;
  readonly error: PikkuError | undefined;
  onChange(callback: () => void): () => void;
  close(): void;
}

/** What all hooks that subscribe tell about their subscription. */
export interface PikkuSubscriptionState {
  /** No value yet, up to date, out of date (the route reconnects, or the state is loaded again), or ended because of `error`. */
  readonly status: PikkuLiveStatus;
  /** Why the status is `closed`: the server has refused or ended the subscription, or the route has closed. */
  readonly error: PikkuError | undefined;
}
