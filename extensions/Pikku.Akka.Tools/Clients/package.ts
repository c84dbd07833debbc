// The template of a client whose runtime is the npm package @pikku-akka/client: the types of the application, and the names of `client.ts` bound to
// them. It exports the same names as a client with its own runtime, so code that uses one also works with the other.
import * as pikku from '@pikku-akka/client';
import type { PikkuEntryChange, PikkuPresenceChange, PikkuPresenceEntry, PikkuTables } from '@pikku-akka/client';

export * from '@pikku-akka/client';
// Not every application uses these types, and unused imports are errors in some projects.
export type { PikkuEntryChange, PikkuPresenceChange, PikkuPresenceEntry };

// <generated>
export interface Channels {}

const channels = {} as const satisfies PikkuTables<Channels>;
// </generated>

export type PikkuChannel = pikku.PikkuChannel<Channels>;
export type PikkuKey<C extends PikkuChannel> = pikku.PikkuKey<C, Channels>;
export type PikkuFirstKey<C extends PikkuChannel> = pikku.PikkuFirstKey<C, Channels>;
export type PikkuAction<C extends PikkuChannel, K extends PikkuKey<C> | undefined = undefined> = pikku.PikkuAction<C, K, Channels>;
export type PikkuStream<C extends PikkuChannel, K extends PikkuKey<C> | undefined = undefined> = pikku.PikkuStream<C, K, Channels>;
export type PikkuInput<C extends PikkuChannel, A, K extends PikkuKey<C> | undefined = undefined> = pikku.PikkuInput<C, A, K, Channels>;
export type PikkuOutput<C extends PikkuChannel, A, K extends PikkuKey<C> | undefined = undefined> = pikku.PikkuOutput<C, A, K, Channels>;
export type PikkuItem<C extends PikkuChannel, A, K extends PikkuKey<C> | undefined = undefined> = pikku.PikkuItem<C, A, K, Channels>;
export type PikkuTopic<C extends PikkuChannel> = pikku.PikkuTopic<C, Channels>;
export type PikkuEvent<C extends PikkuChannel, T> = pikku.PikkuEvent<C, T, Channels>;
export type PikkuSnapshot<C extends PikkuChannel, T> = pikku.PikkuSnapshot<C, T, Channels>;
export type PikkuLiveTopic<C extends PikkuChannel> = pikku.PikkuLiveTopic<C, Channels>;
export type PikkuPresenceTopic<C extends PikkuChannel> = pikku.PikkuPresenceTopic<C, Channels>;
export type PikkuPresenceInfo<C extends PikkuChannel, T> = pikku.PikkuPresenceInfo<C, T, Channels>;
export type PikkuStateTopic<C extends PikkuChannel> = pikku.PikkuStateTopic<C, Channels>;
export type PikkuStateValue<C extends PikkuChannel, T> = pikku.PikkuStateValue<C, T, Channels>;
export type PikkuTopicKey<C extends PikkuChannel, T> = pikku.PikkuTopicKey<C, T, Channels>;
export type PikkuRoute<C extends PikkuChannel> = pikku.PikkuRoute<C, Channels>;
export type PikkuAnyRoute = pikku.PikkuAnyRoute<Channels>;
export type PikkuOptions = pikku.PikkuOptions<Channels>;

/** A client for the channels of a server. Each route has its own connection, which is opened on first use. */
export class PikkuWebSocket extends pikku.PikkuWebSocket<Channels> {
  protected override readonly channels = channels;
}
