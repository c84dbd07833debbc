using System.Buffers;
using System.Globalization;
using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Pikku.Akka.Functions;
using Pikku.Akka.Protocol;
using Pikku.Akka.Sessions;

namespace Pikku.Akka.Channels;

/// <summary>
/// The action <c>pikku-auth</c>: renews the session of the connection with a new token, without a reconnect (Q3). Until the new session is in force, the old
/// one stays.
/// </summary>
internal sealed class RenewalRunner : FunctionRunner
{
    private const string Token = "token";
    private const string Rfc3339 = "yyyy-MM-dd'T'HH:mm:ss.fff'Z'";

    // RFC 7235 §2.1: a token has neither blanks nor control characters, so it can be the value of a header.
    private static readonly SearchValues<char> s_tokenCharacters =
        SearchValues.Create([.. Enumerable.Range('!', '~' - '!' + 1).Select(character => (char)character)]);

    private RenewalRunner() { }

    public override Type Input => typeof(NoData);

    public override JsonTypeInfo? Output => null;

    public override bool DeclaresData => false;

    /// <summary>Creates the action for a channel. It has neither middleware nor permissions, as authentication at the upgrade.</summary>
    public static BoundAction NewAction() => new()
    {
        Function = FunctionDescriptor.FromDelegate(ReservedActions.Auth, () => { }) with { ReadOnly = true },
        Runner = new RenewalRunner(),
        Mode = InputMode.Json,
        Label = $"route '{RemoteProtocol.Key}:{ReservedActions.Auth}'",
        RoutingKey = RemoteProtocol.Key,
        Name = ReservedActions.Auth,
        Auth = false,
        Middleware = [],
        Permissions = PermissionCheck.None,
        IsReserved = true,
    };

    public override bool NeedsExcision(string routingKey) => false;

    public override ValueTask RunAsync(Invocation invocation)
    {
        var connection = ((InboundMessage)invocation).Connection;
        var token = ReadToken(invocation.Data.Span, connection.Endpoint.Settings.Session.MaxTokenSize);
        return connection.Authenticator is { } authenticator
            ? RenewAsync(invocation, connection, authenticator, token)
            : throw new UnauthorizedError("This connection was not opened by a request that ASP.NET Core authenticates.");
    }

    private static async ValueTask RenewAsync(Invocation invocation, Connection connection, ITokenAuthenticator authenticator, string token)
    {
        // The epoch is read first: a session that another message ends in the meantime must not come back (G2).
        var epoch = connection.Session.Epoch;
        var accepted = await authenticator.AuthenticateAsync(token, invocation.Services, invocation.Cancellation).ConfigureAwait(false);
        // The deadline has answered the client, which must not get a session afterwards.
        invocation.Cancellation.ThrowIfCancellationRequested();
        switch (connection.Renew(accepted, epoch))
        {
            case SessionRenewal.OtherUser:
                throw new ForbiddenError("The token belongs to another user than the connection. Open another connection for that user.");
            case SessionRenewal.Ended:
                throw new InvalidSessionError("Another message ended the session while the token was checked.");
            case SessionRenewal.Renewed:
                invocation.Succeed(Reply(accepted.Session.ExpiresAt));
                break;
        }
    }

    private static string ReadToken(ReadOnlySpan<byte> data, int maxSize)
    {
        if (!TryFindToken(data, out var text, out var escaped))
            throw new UnprocessableContentError(Token, "is required");
        // A token is ASCII, so it has as many bytes as characters. An escaped one is shorter than its text.
        if (text.Length > maxSize && !(escaped && JsonText.MayUnescapeTo(text, maxSize)))
            throw TooLong(maxSize);
        var token = JsonText.ToString(text);
        if (token.Length > maxSize)
            throw TooLong(maxSize);
        if (token.Length == 0 || token.AsSpan().ContainsAnyExcept(s_tokenCharacters))
            throw new UnprocessableContentError(Token, "must be a token: visible ASCII characters without blanks");
        return token;
    }

    private static UnprocessableContentError TooLong(int maxSize) => new(Token, $"must have at most {maxSize} characters");

    // The scanner has read the message as JSON already, with its own depth. The last of several properties counts, as for every input.
    private static bool TryFindToken(ReadOnlySpan<byte> data, out ReadOnlySpan<byte> text, out bool escaped)
    {
        text = default;
        escaped = false;
        var found = false;
        var reader = new Utf8JsonReader(data, new JsonReaderOptions { MaxDepth = int.MaxValue });
        if (data.IsEmpty || !reader.Read() || reader.TokenType != JsonTokenType.StartObject)
            return false;
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            var isToken = JsonText.Equals(reader.ValueSpan, reader.ValueIsEscaped, "token"u8);
            reader.Read();
            if (isToken)
            {
                found = reader.TokenType == JsonTokenType.String;
                text = found ? reader.ValueSpan : default;
                escaped = found && reader.ValueIsEscaped;
            }

            reader.Skip();
        }

        return found;
    }

    // Not by the serializer: the names of the protocol do not follow the JSON options of the application.
    private static RawJson Reply(DateTimeOffset? expiresAt) =>
        new(expiresAt is { } time ? Encoding.ASCII.GetBytes($$"""{"expiresAt":"{{time.UtcDateTime.ToString(Rfc3339, CultureInfo.InvariantCulture)}}"}""") : "{}"u8.ToArray());
}
