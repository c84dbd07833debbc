using Pikku.Akka.EventHub;
using Pikku.Akka.Protocol;
using Pikku.Akka.Replication;

namespace Pikku.Akka.Channels;

/// <summary>
/// Makes the subscription that a message asks for, in a turn of the lane of its topic (<see cref="MessageCommit"/>). A topic with a snapshot needs two turns.
/// </summary>
/// <remarks>
/// <code>
///   run of the message          lane of the topic
///   ───────────────────    ─────────────────────────────────────────────────────────────
///   permissions allow
///   ChangeAsync ──────────▶ judge the position of the client
///                            complete: claim the reply, send it and the replay, subscribe
///                            none or lost, and no snapshot: the same without a replay
///                            none or lost: take the position P of now
///   load the snapshot ◀──────┘
///   ChangeAsync ──────────▶ judge P: claim the reply, send it with the snapshot and everything behind P, subscribe
/// </code>
/// An event that is published while the snapshot is loaded lies behind P, so it is not missed. It may be contained in the snapshot as well (P9).
/// </remarks>
/// <param name="message">The message.</param>
/// <param name="subscription">The subscription.</param>
internal sealed class SubscribeCommit(InboundMessage message, ClientSubscription subscription) : IMessageCommit, IClientSubscribe
{
    // Each load begins anew behind so many events that the history no longer has those of the one before.
    private const int MaxLoads = 3;

    // The parts of a reply other than the snapshot and the name of the topic, in bytes: several times what a position of some nodes takes.
    private const int ReplyEstimate = 1024;

    private Outcome _outcome;
    private TaskCompletionSource? _parked;
    private EventHubException? _refusal;
    private Recovery _first; // what the position of the client has led to, while the snapshot is loaded
    private Position? _begin; // the position that was taken before the snapshot was loaded
    private byte[]? _snapshot;
    private byte[]? _keys; // of the entries in the snapshot of a presence topic

    private enum Outcome
    {
        /// <summary>The lane has not decided: the connection has ended.</summary>
        None,

        /// <summary>The authorization of the connection has changed since the permissions were asked.</summary>
        Stale,

        /// <summary>The reply needs the snapshot.</summary>
        NeedsSnapshot,

        /// <summary>The deadline of the message was first.</summary>
        Late,

        /// <summary>The client is subscribed and has the reply.</summary>
        Done,
    }

    public bool IsDue => subscription.IsAllowed;

    /// <summary>What the client is told of the past; null for a client that keeps no position.</summary>
    public SubscribedReply? Reply { get; private set; }

    /// <summary>The number of events that were sent with the reply.</summary>
    public int Replayed { get; private set; }

    string IClientChange.Topic => subscription.Name;

    IEventSubscriber IClientChange.Subscriber => Connection;

    TopicType IClientSubscribe.Type => subscription.Topic.Type;

    Position? IClientSubscribe.Since => _begin ?? subscription.Since;

    string? IClientSubscribe.Outcome => subscription.Since is null ? null : Reply?.Reason ?? Reply?.Recovery;

    bool IClientSubscribe.IsOver => message.IsAbandoned || message.IsCancelled || !Connection.IsOpen;

    private Connection Connection => message.Connection;

    public OutboundItem EncodeReply(ReplyFactory replies, TextMessage message) => replies.Subscribed(message, subscription.Name, Reply);

    public async Task<bool> RunAsync()
    {
        var info = subscription.Topic.JoinOnSubscribe is { } join ? await LoadInfoAsync(join).ConfigureAwait(false) : null;
        for (var loads = 0; ;)
        {
            (_outcome, _parked, _refusal) = (Outcome.None, null, null);
            await ClientChanges.RunAsync(Connection, this).ConfigureAwait(false);
            if (_parked is { } parked)
                await ClientChanges.WaitAsync(Connection, parked.Task).ConfigureAwait(false);
            if (_outcome is Outcome.Stale or Outcome.NeedsSnapshot && !message.IsAbandoned)
            {
                if (_outcome == Outcome.Stale)
                    await AuthorizeAsync().ConfigureAwait(false);
                else if (loads++ == MaxLoads)
                    throw new ServiceUnavailableError($"The snapshot of '{subscription.Name}' is loaded more slowly than its history passes.");
                else
                    await LoadSnapshotAsync().ConfigureAwait(false);
                continue;
            }

            if (_outcome == Outcome.Done && info is not null)
                Connection.JoinPresence(subscription, info);
            return _outcome == Outcome.Done;
        }
    }

    // A subscription to the same topic may exist. If the client was denied the new one, the old one must not continue, so its permissions are asked again. A
    // refusal ends it, and the client is told before the reply.
    public Task FailAsync() => Connection.GetAuthorization().ReviewAsync(subscription.Name);

    SubscribeOutcome IClientSubscribe.TryCommit(in Recovery recovery)
    {
        if (NeedsSnapshot(recovery))
        {
            if (_begin is null)
                _first = recovery;
            (_begin, _snapshot) = (recovery.Position, null);
            return Decline(Outcome.NeedsSnapshot);
        }

        if (subscription is { Topic.Keyed: { } keyed, ReadsRecovery: true } && recovery.Kind != RecoveryKind.Complete)
        {
            _snapshot = KeyedForm.Snapshot(keyed.IsState, recovery.Topic?.Entries);
            _keys = keyed.IsState ? null : KeyedForm.Keys(recovery.Topic?.Entries);
        }

        var replay = Connection.EncodeReplay(recovery);
        var weight = replay.Count == 0 ? 0 : ReplyEstimate + subscription.Name.Length + (_snapshot?.Length ?? 0) + (_keys?.Length ?? 0) + replay.Sum(Connection.WeightOf);
        if (weight > 0 && !Connection.TryHold(weight))
            return SubscribeOutcome.NoRoom;
        var subscriptions = Connection.GetAuthorization();
        if (!subscriptions.TryActivate(subscription, out var previous))
        {
            Connection.ReleaseHold(weight);
            return Decline(Outcome.Stale);
        }

        (Reply, Replayed) = (ReplyOf(recovery), replay.Count);
        if (!message.TryAnswer())
        {
            Connection.ReleaseHold(weight);
            subscriptions.Replace(subscription, previous);
            return Decline(Outcome.Late);
        }

        message.PostReplyInCommit(replay, weight);
        _outcome = Outcome.Done;
        return SubscribeOutcome.Committed;
    }

    void IClientSubscribe.Parked() => _parked = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);

    void IClientSubscribe.Unparked(EventHubException? refusal)
    {
        if (refusal is null)
            _parked!.TrySetResult();
        else
            _parked!.TrySetException(refusal);
    }

    private SubscribeOutcome Decline(Outcome outcome)
    {
        _outcome = outcome;
        return SubscribeOutcome.Declined;
    }

    // In the second turn, a position that is lost by now needs another load.
    private bool NeedsSnapshot(in Recovery recovery) => subscription.Topic.Snapshot is not null && subscription.ReadsRecovery && recovery.Kind != RecoveryKind.Complete;

    private SubscribedReply? ReplyOf(in Recovery recovery)
    {
        if (!subscription.ReadsRecovery)
            return null;
        var (kind, reason) = _begin is null ? (recovery.Kind, recovery.Reason) : (_first.Kind, _first.Reason);
        return new SubscribedReply(kind switch
        {
            RecoveryKind.None => SubscribedReply.None,
            RecoveryKind.Complete => SubscribedReply.Complete,
            _ => SubscribedReply.Lost,
        })
        {
            Reason = kind == RecoveryKind.Lost ? TextOf(reason) : null,
            Position = recovery.Position?.ToString(),
            Replayed = kind == RecoveryKind.Complete ? recovery.Replay.Count : null,
            Snapshot = _snapshot,
            Keys = _keys,
        };
    }

    private static string TextOf(LossReason reason) => reason switch
    {
        LossReason.Expired => "expired",
        LossReason.Limit => "limit",
        _ => "unknown",
    };

    private async Task AuthorizeAsync()
    {
        // The session may be another one, whose snapshot differs.
        (_begin, _snapshot, _keys) = (null, null, null);
        subscription.BeginCheck();
        ValueTask checking;
        using (message.Ambient.Enter())
            checking = subscription.Topic.Runner.AuthorizeAsync(message);
        await checking.ConfigureAwait(false);
    }

    private async Task<byte[]?> LoadInfoAsync(PresenceInfo join)
    {
        ValueTask<byte[]?> loading;
        using (message.Ambient.Enter())
            loading = join.LoadAsync(message, subscription.Key);
        return await loading.ConfigureAwait(false);
    }

    private async Task LoadSnapshotAsync()
    {
        var runner = subscription.Topic.Snapshot!.Runner;
        ValueTask loading;
        using (message.Ambient.Enter())
            loading = runner.RunAsync(message);
        await loading.ConfigureAwait(false);
        // The state is encoded here, because converters and getters are code of the application, which must not run in the turn of the lane.
        using (message.Ambient.Enter())
            _snapshot = ReplyFactory.EncodeState(message.Result, runner.Output!);
    }
}
