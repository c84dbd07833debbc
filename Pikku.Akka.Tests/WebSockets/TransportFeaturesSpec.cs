using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Connections.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Pikku.Akka.WebSockets;
using Xunit;

namespace Pikku.Akka.Tests.WebSockets;

/// <summary>Where the bytes of a client are read from, and where those for it are written to.</summary>
public sealed class TransportFeaturesSpec
{
    [Fact]
    public async Task Frames_are_read_and_written_in_the_pipes_of_the_connection()
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
        var pipes = request.Features.GetRequiredFeature<IConnectionTransportFeature>().Transport;
        Assert.Same(pipes.Input, features.Input);
        Assert.Same(pipes.Output, features.Output);
    }

    [Fact]
    public async Task Frames_are_read_and_written_through_the_stream_with_which_middleware_has_wrapped_the_connection()
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

        const int HeaderSize = 2;
        const int MaskSize = 4;
        Assert.Equal(HeaderSize + MaskSize + """{"action":"echo","text":"hi"}""".Length, counting!.Read);
        Assert.Equal(HeaderSize + """{"text":"hi","action":"echo"}""".Length, counting.Written);
    }

    private sealed class CountingUpgrade(IHttpUpgradeFeature inner) : IHttpUpgradeFeature
    {
        private CountingStream? _stream;

        public bool IsUpgradableRequest => inner.IsUpgradableRequest;

        public int Read => _stream!.Count;

        public int Written => _stream!.Written;

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
        public int Written { get; private set; }

        public override ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
        {
            Written += buffer.Length;
            return inner.WriteAsync(buffer, cancellationToken);
        }
    }
}
