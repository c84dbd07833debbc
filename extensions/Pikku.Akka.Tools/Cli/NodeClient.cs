using System.CommandLine;
using System.Net.Http.Headers;
using System.Runtime.CompilerServices;
using System.Text;
using System.Text.Json;

namespace Pikku.Akka.Cli;

/// <summary>The HTTP API of a running node, for commands. The token is sent to the node and never written anywhere.</summary>
internal sealed class NodeClient : IDisposable
{
    private const string TokenVariable = "PIKKU_TOKEN";

    /// <summary>The exit code if the node could not be asked.</summary>
    public const int Failed = 2;

    private readonly HttpClient _http;

    private NodeClient(Uri url, string? token, bool insecure)
    {
        var handler = new SocketsHttpHandler { AllowAutoRedirect = false }; // a redirect must not get the token
        if (insecure)
        {
#pragma warning disable CA5359 // the user has asked for it, with --insecure
            handler.SslOptions.RemoteCertificateValidationCallback = static (_, _, _, _) => true;
#pragma warning restore CA5359
        }

        _http = new HttpClient(handler) { BaseAddress = url, Timeout = Timeout.InfiniteTimeSpan };
        if (token is not null)
            _http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", token);
    }

    /// <summary>The options of a command that asks a node.</summary>
    public sealed record Options(Option<string> Url, Option<string?> Token, Option<bool> Insecure, Option<bool> Json)
    {
        /// <summary>Adds the options to a command.</summary>
        public static Options AddTo(Command command)
        {
            var options = new Options(
                new("--url") { Description = "The address of the HTTP API, such as https://chat.example.com/api/pikku.", Required = true },
                new("--token") { Description = $"The bearer token of an operator. Without it, the environment variable {TokenVariable} is used, which other users of the machine can't see." },
                new("--insecure") { Description = "Accepts any certificate, such as one for development." },
                new("--json") { Description = "Prints JSON instead of text." });
            command.Options.Add(options.Url);
            command.Options.Add(options.Token);
            command.Options.Add(options.Insecure);
            command.Options.Add(options.Json);
            return options;
        }

        /// <summary>Runs a command. If the node can't be asked, the reason is written to standard error.</summary>
        public async Task<int> RunAsync(ParseResult call, Func<NodeClient, Task<int>> run)
        {
            try
            {
                using var client = new NodeClient(AddressOf(call.GetValue(Url)!), call.GetValue(Token) ?? VariableOf(TokenVariable), call.GetValue(Insecure));
                return await run(client);
            }
            catch (NodeException e)
            {
                await call.InvocationConfiguration.Error.WriteLineAsync(e.Message);
                return Failed;
            }
        }

        private static string? VariableOf(string name) => Environment.GetEnvironmentVariable(name) is { Length: > 0 } value ? value : null;

        private static Uri AddressOf(string url) =>
            Uri.TryCreate(url.TrimEnd('/') + "/", UriKind.Absolute, out var address) && address.Scheme is "http" or "https"
                ? address : throw new NodeException($"{url} is not an address of the HTTP API, such as https://chat.example.com/api/pikku.");
    }

    /// <summary>Sends a request and reads the answer.</summary>
    /// <param name="method">The method.</param>
    /// <param name="path">The path below the address of the API.</param>
    /// <param name="body">The content, which is written as JSON; null for none.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <exception cref="NodeException">The node could not be asked, or has refused the request.</exception>
    public async Task<string> AskAsync(HttpMethod method, string path, object? body, CancellationToken cancellationToken)
    {
        using var response = await SendAsync(method, path, body, cancellationToken);
        return await response.Content.ReadAsStringAsync(cancellationToken);
    }

    /// <summary>Reads the lines of an answer as they arrive.</summary>
    /// <inheritdoc cref="AskAsync"/>
    public async IAsyncEnumerable<string> ReadLinesAsync(
        string path, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        using var response = await SendAsync(HttpMethod.Get, path, null, cancellationToken);
        using var lines = new StreamReader(await response.Content.ReadAsStreamAsync(cancellationToken));
        while (await ReadLineAsync(lines, cancellationToken) is { } line)
            yield return line;
    }

    public void Dispose() => _http.Dispose();

    private static async Task<string?> ReadLineAsync(StreamReader lines, CancellationToken cancellationToken)
    {
        try
        {
            return await lines.ReadLineAsync(cancellationToken);
        }
        catch (IOException e)
        {
            throw new NodeException($"The connection to the node has ended: {e.Message}", e);
        }
    }

    private async Task<HttpResponseMessage> SendAsync(HttpMethod method, string path, object? body, CancellationToken cancellationToken)
    {
        using var request = new HttpRequestMessage(method, path);
        if (body is not null)
            request.Content = new StringContent(JsonSerializer.Serialize(body, JsonSerializerOptions.Web), Encoding.UTF8, "application/json");
        HttpResponseMessage response;
        try
        {
            response = await _http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, cancellationToken);
        }
        catch (HttpRequestException e)
        {
            throw new NodeException($"{_http.BaseAddress} can't be reached: {e.InnerException?.Message ?? e.Message}", e);
        }

        if (response.IsSuccessStatusCode)
            return response;
        using (response)
            throw new NodeException(await ReasonOfAsync(response, cancellationToken));
    }

    private async Task<string> ReasonOfAsync(HttpResponseMessage response, CancellationToken cancellationToken)
    {
        var text = await response.Content.ReadAsStringAsync(cancellationToken);
        try
        {
            if (JsonDocument.Parse(text).RootElement is { ValueKind: JsonValueKind.Object } problem && problem.TryGetProperty("title", out var title))
                return problem.TryGetProperty("errors", out var errors) && errors.ValueKind == JsonValueKind.Array
                    ? $"{title} {string.Join("; ", errors.EnumerateArray().Select(error => $"{error.GetProperty("path")} {error.GetProperty("message")}"))}"
                    : $"{title}";
        }
        catch (JsonException)
        {
            // A proxy may answer with anything.
        }

        return (int)response.StatusCode switch
        {
            401 => $"{_http.BaseAddress} does not accept the token. Give the token of an operator with --token or in {TokenVariable}.",
            403 => $"{_http.BaseAddress} refuses the token: its owner does not meet the policy of the HTTP API.",
            404 => $"{_http.BaseAddress} is not the HTTP API. It is mapped with MapPikkuApi, by default under /api/pikku.",
            var status => $"{_http.BaseAddress} has answered with the status {status}.",
        };
    }
}
