using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Pikku.Akka.Channels;
using Pikku.Akka.Requests;

namespace Pikku.Akka.Tests.Support;

/// <summary>A report that passes failures on.</summary>
internal sealed class FailureReport(Action<Exception>? failed = null) : ITransportReport
{
    public void Written(long bytes) { }

    public void Failed(Exception error) => failed?.Invoke(error);
}

/// <summary>The request of a transport that has none.</summary>
internal static class FakeCutoff
{
    /// <summary>Creates the cutoff of a request.</summary>
    /// <param name="abort">Called when the request is aborted; null for nothing.</param>
    public static RequestCutoff Create(Action? abort = null)
    {
        var request = new DefaultHttpContext();
        request.Features.Set<IHttpRequestLifetimeFeature>(new Lifetime(abort));
        return new RequestCutoff(request);
    }

    private sealed class Lifetime(Action? abort) : IHttpRequestLifetimeFeature
    {
        public CancellationToken RequestAborted { get; set; }

        public void Abort() => abort?.Invoke();
    }
}
