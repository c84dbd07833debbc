using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Connections.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Pikku.Akka.WebSockets;
using Xunit;

namespace Pikku.Akka.Tests.WebSockets;

/// <summary>Where the bytes of a client are read from.</summary>
public sealed class TransportFeaturesSpec
{
    [Fact]
    public async Task Frames_are_read_from_the_pipe_of_the_connection()
    {
        HttpContext? request = null;
        await using var lab = await Lab.Start(new LabOptions
        {
            App = app => app.Use((context, next) =>
            {
                request = context;
                return next(context);
            }),
        });
        using var client = await lab.Connect();
        Assert.Equal("""{"text":"hi","action":"echo"}""", await client.Ask("""{"action":"echo","text":"hi"}"""));

        var features = Assert.IsType<TransportFeatures>(request!.Features.Get<IHttpUpgradeFeature>());
        Assert.Same(request.Features.GetRequiredFeature<IConnectionTransportFeature>().Transport.Input, features.Input);
    }

    [Fact]
    public async Task Frames_are_read_through_the_stream_with_which_middleware_has_wrapped_the_connection()
    {
        CountingUpgrade? counting = null;
        await using var lab = await Lab.Start(new LabOptions
        {
            App = app => app.Use((context, next) =>
            {
                counting = new CountingUpgrade(context.Features.GetRequiredFeature<IHttpUpgradeFeature>());
                context.Features.Set<IHttpUpgradeFeature>(counting);
                return next(context);
            }),
        });
        using var client = await lab.Connect();

        Assert.Equal("""{"text":"hi","action":"echo"}""", await client.Ask("""{"action":"echo","text":"hi"}"""));

        const int HeaderSize = 6;
        Assert.Equal(HeaderSize + """{"action":"echo","text":"hi"}""".Length, counting!.Read);
    }

    private sealed class CountingUpgrade(IHttpUpgradeFeature inner) : IHttpUpgradeFeature
    {
        private CountingStream? _stream;

        public bool IsUpgradableRequest => inner.IsUpgradableRequest;

        public int Read => _stream!.Count;

        public async Task<Stream> UpgradeAsync() => _stream = new CountingStream(await inner.UpgradeAsync());
    }

    private sealed class CountingStream(Stream inner) : DelegatingWriter(inner)
    {
        private readonly Stream _inner = inner;

        public int Count { get; private set; }

        public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
        {
            var count = await _inner.ReadAsync(buffer, cancellationToken);
            Count += count;
            return count;
        }
    }

    // Writes to the other stream.
    private abstract class DelegatingWriter(Stream inner) : MemoryStream
    {
        public override ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default) => inner.WriteAsync(buffer, cancellationToken);
    }
}
