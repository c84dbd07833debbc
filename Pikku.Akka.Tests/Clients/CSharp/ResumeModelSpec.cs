using System.Text.Json;
using Pikku.Akka.Tests.Clients.CSharp.Generated;
using Pikku.Akka.Tests.Support;
using Xunit;

namespace Pikku.Akka.Tests.Clients.CSharp;

/// <summary>The subscriptions of the generated client against a server that drops, repeats, cuts and replays at random. A failing seed replays exactly.</summary>
[Trait("Rule", "P8")]
public sealed class ResumeModelSpec
{
    private const int Steps = 3000;

    // Enough for everything, so that nothing may be lost.
    private const int Unlimited = int.MaxValue;

    public static TheoryData<int> Seeds => [.. Enumerable.Range(1, 40)];

    [Theory]
    [MemberData(nameof(Seeds))]
    public void A_client_ends_with_every_event_once_and_in_the_order_of_its_origin(int seed)
    {
        var run = new Run(seed, Unlimited);
        run.Play(Steps);
        Assert.True(run.Server.Replays > 10, $"only {run.Server.Replays} replays");
        foreach (var follower in run.Followers)
        {
            Assert.Equal(run.Server.Published.Order(), follower.Seen.Order());
            Assert.Equal(0, follower.Losses);
        }
    }

    [Theory]
    [MemberData(nameof(Seeds))]
    public void A_client_whose_events_expire_is_told_of_each_loss_and_ends_with_the_state(int seed)
    {
        var run = new Run(seed, ringSize: 6);
        run.Play(Steps);
        Assert.True(run.Server.Losses > 0, $"only {run.Server.Losses} losses");
        Assert.All(run.Followers, follower => Assert.InRange(follower.Losses, 1, run.Server.Losses));
    }

    private sealed class Run
    {
        private readonly Random _random;
        private readonly PikkuSubscriptions _client;
        private readonly ManualTime _clock = new();
        private readonly List<Exception> _errors = [];
        private readonly List<(Viewer Viewer, IDisposable Subscription)> _viewers = [];

        public Run(int seed, int ringSize)
        {
            _random = new Random(seed);
            Server = new TopicServer(seed, ringSize);
            _client = new PikkuSubscriptions(1000, _clock, _errors.Add, () => { });
            // Without followers, the subscription comes and goes with the viewers.
            for (var i = 0; i < seed % 3; i++)
            {
                Followers.Add(new Follower(Server));
                _client.Add(TopicServer.Topic, Followers[i]);
            }
        }

        public TopicServer Server { get; }

        public List<Follower> Followers { get; } = [];

        public void Play(int steps)
        {
            Server.Connect(_client);
            Settle(); // The followers are subscribed before the first event, so they get every one.
            for (var step = 0; step < steps; step++)
                Step();
            AddViewer();
            if (!Server.IsConnected)
                Server.Connect(_client);
            Settle();
            Server.Refresh(_client, always: true);
            Settle();
            Assert.All(_errors, error => Assert.IsType<Generated.PikkuException>(error));
            Assert.All(_viewers, one => Assert.Equal(Server.State, one.Viewer.State));
        }

        private void Step()
        {
            switch (_random.Next(100))
            {
                case < 25:
                    Server.Publish(_client);
                    break;
                case < 75:
                    Server.MoveToClient();
                    Server.MoveToClient(); // Faster than events come, so that queues are short now and then.
                    break;
                case < 86:
                    Server.MoveToServer();
                    break;
                case < 91:
                    Server.Refresh(_client);
                    break;
                case < 93 when Server.IsConnected:
                    Server.Cut(_client);
                    break;
                case < 96 when !Server.IsConnected:
                    Server.Connect(_client);
                    break;
                case < 97 when _viewers.Count < 3:
                    AddViewer();
                    break;
                case < 98 when _viewers.Count > 0:
                    _client.Reload(TopicServer.Topic, _viewers[0].Viewer, 0);
                    break;
                case < 99 when _viewers.Count > 0:
                    _viewers[0].Subscription.Dispose();
                    _viewers.RemoveAt(0);
                    break;
                default:
                    _clock.Advance(TimeSpan.FromSeconds(1));
                    break;
            }
        }

        private void AddViewer()
        {
            var viewer = new Viewer(Server);
            _viewers.Add((viewer, _client.Add(TopicServer.Topic, viewer)));
        }

        private void Settle()
        {
            for (var quiet = 0; quiet < 40; quiet++)
            {
                while (Server.MoveToServer() || Server.MoveToClient())
                    quiet = 0;
                _clock.Advance(TimeSpan.FromSeconds(1));
            }
        }
    }

    /// <summary>Follows the events, and fails as soon as one is repeated, out of order, or missing without a loss.</summary>
    private sealed class Follower(TopicServer server) : PikkuSubscriber
    {
        private readonly Dictionary<string, (long Number, int Losses)> _last = [];

        public List<(string Origin, long Number)> Seen { get; } = [];

        public int Losses { get; private set; }

        public override void Receive(PikkuItem item)
        {
            var (origin, number, _) = Read(item);
            var (last, losses) = _last.GetValueOrDefault(origin);
            if (losses == Losses)
                Assert.Equal(server.Published.First(one => one.Origin == origin && one.Number > last).Number, number);
            Assert.True(number > last, $"{item.At} came after {last}");
            _last[origin] = (number, Losses);
            Seen.Add((origin, number));
        }

        public override void Lose(PikkuEventsLostException loss)
        {
            Assert.Equal(PikkuLossReason.Expired, loss.Reason);
            Losses++;
        }

        public override void Deny(Generated.PikkuException error) => Assert.Fail(error.Message);

        public override void End(Generated.PikkuException error) => Assert.Fail(error.Message);
    }

    /// <summary>Holds the state, and fails when an event comes before it, or one that it contains.</summary>
    private sealed class Viewer(TopicServer server) : PikkuSubscriber
    {
        public Dictionary<string, long[]>? State { get; private set; }

        public override bool NeedsState => true;

        public override void Receive(PikkuItem item)
        {
            if (item.IsState)
            {
                State = item.Data.Deserialize<Dictionary<string, long[]>>();
                return;
            }

            Assert.NotNull(State);
            var (origin, number, count) = Read(item);
            var known = State.GetValueOrDefault(origin, [0, 0]);
            Assert.Equal(server.Published.First(one => one.Origin == origin && one.Number > known[0]).Number, number);
            State[origin] = [number, count];
        }

        public override void Deny(Generated.PikkuException error) => Assert.Fail(error.Message);

        public override void End(Generated.PikkuException error) => Assert.Fail(error.Message);
    }

    private static (string Origin, long Number, long Count) Read(PikkuItem item)
    {
        var only = Assert.Single(item.Data.EnumerateObject());
        var numbers = only.Value.EnumerateArray().Select(number => number.GetInt64()).ToArray();
        Assert.Equal($"{only.Name}.{numbers[0]}", item.At);
        return (only.Name, numbers[0], numbers[1]);
    }
}
