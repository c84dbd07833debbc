using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;

namespace Pikku.Akka.Tests.Deploy;

/// <summary>An API server that only answers the query for pods, with a certificate authority and a service account like those that Kubernetes mounts into a pod.</summary>
internal sealed class FakeKubernetes : IAsyncDisposable
{
    public const string Selector = "app=kanban,tier in (web)";

    private const string Token = "the-token-of-the-service-account";

    private readonly WebApplication _app;
    private readonly DirectoryInfo _folder;
    private volatile object[] _pods = [];
    private volatile int _refusal;

    private FakeKubernetes(WebApplication app, DirectoryInfo folder)
    {
        _app = app;
        _folder = folder;
    }

    public string Address => _app.Urls.Single();

    /// <summary>What Kubernetes mounts at <c>/var/run/secrets/kubernetes.io/serviceaccount</c>.</summary>
    public string ServiceAccount => _folder.FullName;

    /// <summary>The settings of a pod.</summary>
    public string Hocon => $$"""
        pikku.cluster.discovery.kubernetes { api = "{{Address}}", service-account = "{{ServiceAccount}}", label-selector = "{{Selector}}" }
        """;

    public static async Task<FakeKubernetes> StartAsync()
    {
        var folder = Directory.CreateTempSubdirectory("pikku-kubernetes-");
        using var authority = NewAuthority();
        await File.WriteAllTextAsync(Path.Combine(folder.FullName, "ca.crt"), authority.ExportCertificatePem());
        await File.WriteAllTextAsync(Path.Combine(folder.FullName, "token"), $"{Token}\n");
        await File.WriteAllTextAsync(Path.Combine(folder.FullName, "namespace"), "boards");
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.WebHost.UseKestrelCore().UseKestrelHttpsConfiguration().ConfigureKestrel(kestrel => kestrel.Listen(IPAddress.Loopback, 0, listen => listen.UseHttps(NewCertificate(authority))));
        builder.Services.AddRoutingCore();
        var app = builder.Build();
        var fake = new FakeKubernetes(app, folder);
        app.UseRouting();
        app.MapGet("/api/v1/namespaces/boards/pods", fake.Answer);
        await app.StartAsync();
        return fake;
    }

    /// <summary>Sets the pods that run, by their addresses.</summary>
    public void Run(params string[] addresses) => _pods =
    [
        .. addresses.Select(address => Pod(address, "Running", deleted: null)),
        // None of these is a node: one waits for its image, one has ended, and one is about to stop.
        Pod(null, "Pending", deleted: null), Pod("127.0.0.77", "Succeeded", deleted: null), Pod("127.0.0.78", "Running", deleted: "2026-11-26T22:00:00Z"),
    ];

    /// <summary>Answers every query with this status; 0 to answer it.</summary>
    public void Refuse(int status) => _refusal = status;

    public async ValueTask DisposeAsync()
    {
        await _app.DisposeAsync();
        _folder.Delete(recursive: true);
    }

    private IResult Answer(HttpRequest request)
    {
        if (request.Headers.Authorization != $"Bearer {Token}")
            return Results.StatusCode(StatusCodes.Status401Unauthorized);
        if (_refusal != 0)
            return Results.StatusCode(_refusal);
        return request.Query["labelSelector"] == Selector ? Results.Json(new { kind = "PodList", apiVersion = "v1", items = _pods }) : Results.Json(new { items = Array.Empty<object>() });
    }

    private static object Pod(string? address, string phase, string? deleted) => new
    {
        metadata = new { name = $"kanban-{address}", deletionTimestamp = deleted },
        spec = new { nodeName = "worker" },
        status = new { phase, podIP = address, podIPs = Array.Empty<object>() },
    };

    private static X509Certificate2 NewAuthority()
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest("CN=kubernetes", key, HashAlgorithmName.SHA256);
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(certificateAuthority: true, false, 0, critical: true));
        return request.CreateSelfSigned(DateTimeOffset.UtcNow.AddDays(-1), DateTimeOffset.UtcNow.AddDays(1));
    }

    private static X509Certificate2 NewCertificate(X509Certificate2 authority)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest("CN=kube-apiserver", key, HashAlgorithmName.SHA256);
        var names = new SubjectAlternativeNameBuilder();
        names.AddIpAddress(IPAddress.Loopback);
        request.CertificateExtensions.Add(names.Build());
        using var certificate = request.Create(authority, DateTimeOffset.UtcNow.AddHours(-1), DateTimeOffset.UtcNow.AddHours(1), RandomNumberGenerator.GetBytes(8));
        return certificate.CopyWithPrivateKey(key);
    }
}
