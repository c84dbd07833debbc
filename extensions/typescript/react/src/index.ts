'use client';
// React hooks for generated clients of Pikku.Akka. Nothing connects or subscribes while React renders.
export { usePikkuAction, type PikkuActionOptions, type PikkuActionState, type PikkuCallState } from './action.ts';
export { createPikkuContext, type PikkuContext } from './context.ts';
export { usePikkuLive, usePikkuState, usePresence, type PikkuEntriesState, type PikkuLiveState, type PikkuPresenceState } from './live.ts';
export { usePikkuStatus } from './status.ts';
export { usePikkuStream, type PikkuStreamHookOptions, type PikkuStreamState } from './stream.ts';
export { usePikkuReducer, usePikkuTopic, type PikkuReceived, type PikkuSubscribableTopic, type PikkuTopicOptions, type PikkuTopicState } from './topic.ts';
export type { PikkuClientLike, PikkuRouteLike, PikkuSubscriptionState } from './types.ts';
