using System.Net;
using System.Security.Cryptography.X509Certificates;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.Primitives;

namespace Pikku.Akka.OperatorConsole;

/// <summary>A copy of what authentication and authorization may read of a request. Thread-safe.</summary>
internal sealed class HttpRequestCopy
{
    private readonly KeyValuePair<string, StringValues>[] _headers;
    private readonly RouteValueDictionary _route;
    private readonly string _method;
    private readonly string _protocol;
    private readonly string _scheme;
    private readonly HostString _host;
    private readonly PathString _pathBase;
    private readonly PathString _path;
    private readonly QueryString _query;
    private readonly (IPAddress? Address, int Port) _remote;
    private readonly (IPAddress? Address, int Port) _local;
    private readonly X509Certificate2? _certificate;

    public HttpRequestCopy(HttpContext context)
    {
        var (request, connection) = (context.Request, context.Connection);
        Endpoint = context.GetEndpoint();
        _headers = [.. request.Headers];
        _route = new RouteValueDictionary(request.RouteValues);
        (_method, _protocol, _scheme, _host) = (request.Method, request.Protocol, request.Scheme, request.Host);
        (_pathBase, _path, _query) = (request.PathBase, request.Path, request.QueryString);
        (_remote, _local) = ((connection.RemoteIpAddress, connection.RemotePort), (connection.LocalIpAddress, connection.LocalPort));
        _certificate = connection.ClientCertificate;
    }

    /// <summary>The endpoint of the request.</summary>
    public Endpoint? Endpoint { get; }

    /// <summary>Creates a request that nobody else uses. Its response goes nowhere.</summary>
    public HttpContext Create(IServiceProvider services, CancellationToken cancellationToken)
    {
        var context = new DefaultHttpContext { RequestServices = services, RequestAborted = cancellationToken };
        var (request, connection) = (context.Request, context.Connection);
        foreach (var (name, value) in _headers)
            request.Headers[name] = value;
        request.RouteValues = new RouteValueDictionary(_route);
        (request.Method, request.Protocol, request.Scheme, request.Host) = (_method, _protocol, _scheme, _host);
        (request.PathBase, request.Path, request.QueryString) = (_pathBase, _path, _query);
        (connection.RemoteIpAddress, connection.RemotePort) = _remote;
        (connection.LocalIpAddress, connection.LocalPort) = _local;
        connection.ClientCertificate = _certificate;
        context.SetEndpoint(Endpoint);
        return context;
    }
}
