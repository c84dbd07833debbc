using Pikku.Akka.Channels;
using Pikku.Akka.Tests.Support;
using Xunit;

namespace Pikku.Akka.Tests.Channels;

/// <summary>The race between a subscribe and a request to evaluate, step by step.</summary>
[Trait("Rule", "Q2")]
public sealed class ConnectionAuthorizationSpec : IAsyncLifetime
{
    private readonly TestNode _node = new(app => app.WireChannel("c", c => c.AllowAnonymous().AddTopic(new Topic<int>("news")).AllowSubscribe().RequirePermission(() => false)));
    private TestConnection _client = null!;

    private ConnectionAuthorization Authorization => _client.Channel.GetAuthorization();

    public Task InitializeAsync()
    {
        _client = _node.Connect();
        return Task.CompletedTask;
    }

    public async Task DisposeAsync() => await _node.DisposeAsync();

    [Fact]
    public async Task A_request_before_the_check_of_a_subscribe_does_not_concern_it()
    {
        await Authorization.RequestAsync();
        Assert.True(Authorization.TryActivate(Checked(), out var previous));
        Assert.Null(previous);
    }

    [Fact]
    public async Task A_request_between_the_check_and_the_subscription_makes_the_check_stale()
    {
        var subscription = Checked();
        await Authorization.RequestAsync();

        Assert.False(Authorization.TryActivate(subscription, out _));
        subscription.BeginCheck();
        Assert.True(Authorization.TryActivate(subscription, out _));
    }

    [Fact]
    public void A_change_of_the_session_makes_the_check_stale_and_the_same_session_does_not()
    {
        var session = new TestSession();
        _client.Channel.Session.TrySet(session, 0);
        var subscription = Checked();
        _client.Channel.Session.TrySet(session, 0);
        Assert.True(Authorization.TryActivate(subscription, out _));

        var next = Checked();
        _client.Channel.Session.TrySet(new TestSession("bob"), 0);
        Assert.False(Authorization.TryActivate(next, out _));
    }

    [Fact]
    public async Task A_request_after_the_subscription_finds_it()
    {
        Assert.True(Authorization.TryActivate(Checked(), out _));
        await Authorization.RequestAsync().Soon();

        Assert.Null(Authorization.Remove("news"));
        Assert.StartsWith("""{"action":"pikku-unsubscribed","subscribed":"news","error":{"name":"ForbiddenError",""", await _client.NextAsync(), StringComparison.Ordinal);
    }

    [Fact]
    public void What_the_client_subscribed_again_is_not_ended_for_what_it_replaced()
    {
        var (first, second) = (Checked(), Checked());
        Authorization.TryActivate(first, out _);
        Authorization.TryActivate(second, out var previous);
        Assert.Same(first, previous);

        Assert.False(new SubscriptionEnd(_client.Channel, first, new ForbiddenError()).TryCommit());
        Assert.True(new SubscriptionEnd(_client.Channel, second, new ForbiddenError()).TryCommit());
        Assert.Null(Authorization.Remove("news"));
    }

    [Fact]
    public void A_subscribe_that_came_too_late_leaves_the_subscription_that_it_would_have_replaced()
    {
        var (first, second) = (Checked(), Checked());
        Authorization.TryActivate(first, out _);
        Authorization.TryActivate(second, out var previous);
        Authorization.Replace(second, previous);

        Assert.Same(first, Authorization.Remove("news"));
        Assert.Null(Authorization.Remove("news"));
    }

    private ClientSubscription Checked()
    {
        var subscription = new ClientSubscription(Authorization, _node.Endpoint.Definition.Subscriptions!.Topics[0], "news", []) { ReadsRecovery = false };
        subscription.BeginCheck();
        return subscription;
    }
}
