using Akka.Actor;
using Pikku.Akka.Channels;
using Pikku.Akka.Connections;
using Pikku.Akka.Tests.Support;
using Xunit;

namespace Pikku.Akka.Tests.Connections;

public sealed class ConnectionDirectorySpec
{
    private readonly ConnectionDirectory _directory = new();
    private readonly Connection _channel = new TestNode(app => app.WireChannel("test", _ => { })).Connect().Channel;

    [Fact]
    public void Finds_a_connection_by_its_id_until_it_is_removed()
    {
        Assert.Null(_directory.Find(_channel.Id));

        _directory.Add(_channel);
        Assert.Same(_channel, _directory.Find(_channel.Id));
        _directory.Remove(_channel);

        Assert.Null(_directory.Find(_channel.Id));
    }

    [Fact]
    [Trait("Rule", "K2")]
    public void Does_not_find_a_connection_whose_socket_has_ended_but_counts_it()
    {
        _directory.Add(_channel);

        _channel.SocketEnded();

        Assert.Null(_directory.Find(_channel.Id));
        Assert.Equal(1, _directory.Count);
        Assert.False(_directory.WhenEmptyAsync().IsCompleted);
    }

    [Fact]
    public async Task Reports_when_the_last_connection_is_removed()
    {
        await _directory.WhenEmptyAsync().Soon();
        _directory.Add(_channel);
        var empty = _directory.WhenEmptyAsync();
        Assert.False(empty.IsCompleted);

        _directory.Remove(_channel);

        await empty.Soon();
    }

    [Fact]
    public async Task Fails_callers_that_wait_for_a_node_that_could_not_start()
    {
        _directory.SetStartFailure(new InvalidOperationException("why"));
        _directory.SetParent(ActorRefs.Nobody);

        Assert.Equal("why", (await Assert.ThrowsAsync<InvalidOperationException>(() => _directory.Parent)).Message);
    }
}
