using System.Globalization;
using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Net.Security;
using System.Security.Cryptography.X509Certificates;
using Pikku.Akka.Settings;

namespace Pikku.Akka.Kubernetes;

/// <summary>Finds the nodes as pods, with one request to the API server: all pods that the selector selects, that run, have an address and are not being deleted.</summary>
internal sealed class KubernetesDiscovery : IPikkuNodeDiscovery, IDisposable
{
    /// <summary>A list of pods has some kilobytes per pod. More than that is not the answer of an API server.</summary>
    private const int LongestAnswer = 64 * 1024 * 1024;

    private readonly string _tokenFile;
    private readonly string _port;
    private readonly string _namespace;
    private readonly Uri _pods;
    private readonly HttpClient _http;

    /// <exception cref="PikkuConfigurationException">A setting is missing, or the process does not run in a pod with a service account. The exception names the fix.</exception>
    public KubernetesDiscovery(NodeSettings cluster)
    {
        var (settings, problems) = (cluster.Discovery.Kubernetes, new List<string>());
        _port = cluster.Port.ToString(CultureInfo.InvariantCulture);
        _tokenFile = Path.Combine(settings.ServiceAccount, "token");
        _namespace = Namespace(settings, problems);
        var api = Api(settings, problems);
        if (settings.LabelSelector == KubernetesSettings.None)
            problems.Add("pikku.cluster.discovery.kubernetes.label-selector is not set, and UseKubernetes does not know which pods are nodes. Write the labels of the pods, such as app=kanban.");
        if (!IPAddress.TryParse(cluster.Host, out _))
            problems.Add($"pikku.cluster.host = {cluster.Host} is not an address, but UseKubernetes finds nodes by the addresses of their pods. Set PIKKU_CLUSTER_HOST from the field status.podIP.");
        if (cluster.Port == 0)
            problems.Add("pikku.cluster.port = 0 selects any port, but UseKubernetes expects the nodes of all pods on the same one. Write a port, such as 4053.");
        if (!File.Exists(_tokenFile))
            problems.Add($"{_tokenFile} does not exist, so UseKubernetes can't ask the API server. Write automountServiceAccountToken: true into the pod, or correct pikku.cluster.discovery.kubernetes.service-account.");
        var authority = Authority(settings, api, problems);
        if (problems.Count > 0)
            throw new PikkuConfigurationException(problems);
        _pods = new Uri(api!, $"api/v1/namespaces/{Uri.EscapeDataString(_namespace)}/pods?labelSelector={Uri.EscapeDataString(settings.LabelSelector)}");
        _http = new HttpClient(NewHandler(authority)) { Timeout = Timeout.InfiniteTimeSpan, MaxResponseContentBufferSize = LongestAnswer };
    }

    public async Task<IReadOnlyCollection<string>> FindAsync(CancellationToken cancellationToken)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, _pods);
        // Kubernetes replaces the file about once an hour.
        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", (await File.ReadAllTextAsync(_tokenFile, cancellationToken)).Trim());
        using var response = await _http.SendAsync(request, cancellationToken);
        if (!response.IsSuccessStatusCode)
            throw new HttpRequestException(Refusal(response.StatusCode), null, response.StatusCode);
        var list = await response.Content.ReadFromJsonAsync(PodListJson.Default.PodList, cancellationToken);
        return [.. (list?.Items ?? []).Where(IsNode).Select(pod => $"{pod.Status!.PodIP}:{_port}")];
    }

    public void Dispose() => _http.Dispose();

    // A pod that is deleted is about to stop. One that has ended keeps its address for a while.
    private static bool IsNode(Pod pod) => pod is { Metadata.DeletionTimestamp: null, Status: { Phase: "Running", PodIP.Length: > 0 } };

    private string Refusal(HttpStatusCode status) => status switch
    {
        HttpStatusCode.Forbidden => $"the API server refused it (403): the service account may not list the pods of the namespace {_namespace}. Bind it to a role with the verb list on pods, as deploy/kubernetes does.",
        HttpStatusCode.Unauthorized => $"the API server refused the token in {_tokenFile} (401).",
        _ => $"the API server answered {(int)status}.",
    };

    private static string Namespace(KubernetesSettings settings, List<string> problems)
    {
        if (settings.Namespace != KubernetesSettings.None)
            return settings.Namespace;
        var file = Path.Combine(settings.ServiceAccount, "namespace");
        if (File.Exists(file))
            return File.ReadAllText(file).Trim();
        problems.Add($"pikku.cluster.discovery.kubernetes.namespace is none, but {file} does not exist. Write the namespace of the pods.");
        return "";
    }

    private static Uri? Api(KubernetesSettings settings, List<string> problems)
    {
        if (settings.Api != KubernetesSettings.None)
        {
            if (Uri.TryCreate($"{settings.Api.TrimEnd('/')}/", UriKind.Absolute, out var api) && api.Scheme is "https" or "http")
                return api;
            problems.Add($"pikku.cluster.discovery.kubernetes.api = {settings.Api} is not a URL. Write one such as https://kubernetes.default.svc, or none.");
            return null;
        }

        var (host, port) = (Environment.GetEnvironmentVariable("KUBERNETES_SERVICE_HOST"), Environment.GetEnvironmentVariable("KUBERNETES_SERVICE_PORT"));
        if (!string.IsNullOrEmpty(host) && ushort.TryParse(port, NumberStyles.None, CultureInfo.InvariantCulture, out var number))
            return new UriBuilder(Uri.UriSchemeHttps, host, number).Uri;
        problems.Add(
            "pikku.cluster.discovery.kubernetes.api is none, but KUBERNETES_SERVICE_HOST and KUBERNETES_SERVICE_PORT are not set, so this process runs in no pod. "
            + "Remove pikku.cluster.host for a node that runs alone, or write the address of the API server.");
        return null;
    }

    private static X509Certificate2Collection? Authority(KubernetesSettings settings, Uri? api, List<string> problems)
    {
        if (api?.Scheme != Uri.UriSchemeHttps)
            return null;
        var (file, authority) = (Path.Combine(settings.ServiceAccount, "ca.crt"), new X509Certificate2Collection());
        if (File.Exists(file))
            authority.ImportFromPemFile(file);
        else
            problems.Add($"{file} does not exist, so UseKubernetes can't check the certificate of the API server. Correct pikku.cluster.discovery.kubernetes.service-account.");
        return authority;
    }

    // A proxy of the environment is for other hosts; the token must not reach it. The cluster has a certificate authority of its own, and only that one counts.
    private static SocketsHttpHandler NewHandler(X509Certificate2Collection? authority)
    {
        var handler = new SocketsHttpHandler { UseProxy = false, AllowAutoRedirect = false };
        if (authority is not null)
        {
            var policy = new X509ChainPolicy { TrustMode = X509ChainTrustMode.CustomRootTrust, RevocationMode = X509RevocationMode.NoCheck };
            policy.CustomTrustStore.AddRange(authority);
            handler.SslOptions = new SslClientAuthenticationOptions { CertificateChainPolicy = policy };
        }

        return handler;
    }
}
