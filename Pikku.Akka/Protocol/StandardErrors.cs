namespace Pikku.Akka;

// The names, statuses and messages are those of Pikku's core package (errors), which its clients know.

/// <summary>The message could not be read. Status 400.</summary>
/// <param name="message">The text for the log, never for the client.</param>
/// <param name="innerException">What caused it.</param>
public class BadRequestError(string? message = null, Exception? innerException = null)
    : PikkuException(nameof(BadRequestError), 400, ClientText, message, innerException)
{
    private const string ClientText =
        "The server cannot or will not process the request due to client error (e.g., malformed request syntax).";
}

/// <summary>The client has no session, or its credentials are wrong. Status 401.</summary>
/// <param name="message">The text for the log, never for the client.</param>
/// <param name="innerException">What caused it.</param>
public class UnauthorizedError(string? message = null, Exception? innerException = null)
    : PikkuException(nameof(UnauthorizedError), 401, ClientText, message, innerException)
{
    private const string ClientText =
        "Authentication is required and has failed or has not yet been provided.";
}

/// <summary>The session with which the message started has ended. Status 401.</summary>
/// <param name="message">The text for the log, never for the client.</param>
/// <param name="innerException">What caused it.</param>
public class InvalidSessionError(string? message = null, Exception? innerException = null)
    : PikkuException(nameof(InvalidSessionError), 401, ClientText, message, innerException)
{
    private const string ClientText =
        "The session provided is not valid.";
}

/// <summary>The session does not have permission. Status 403.</summary>
/// <param name="message">The text for the log, never for the client.</param>
/// <param name="innerException">What caused it.</param>
public class ForbiddenError(string? message = null, Exception? innerException = null)
    : PikkuException(nameof(ForbiddenError), 403, ClientText, message, innerException)
{
    private const string ClientText =
        "The client does not have permission to access the requested resource.";
}

/// <summary>A read-only session called a function that writes. Status 403.</summary>
/// <param name="message">The text for the log, never for the client.</param>
/// <param name="innerException">What caused it.</param>
public class ReadonlySessionError(string? message = null, Exception? innerException = null)
    : PikkuException(nameof(ReadonlySessionError), 403, ClientText, message, innerException)
{
    private const string ClientText =
        "The session is readonly and cannot access this function.";
}

/// <summary>The session lacks a scope that the function requires. Status 403.</summary>
/// <param name="message">The text for the log, never for the client.</param>
/// <param name="innerException">What caused it.</param>
public class MissingScopeError(string? message = null, Exception? innerException = null)
    : PikkuException(nameof(MissingScopeError), 403, ClientText, message, innerException)
{
    private const string ClientText =
        "The session does not hold a scope required by this function.";
}

/// <summary>A page of a foreign origin opened the connection. Status 403.</summary>
/// <param name="message">The text for the log, never for the client.</param>
/// <param name="innerException">What caused it.</param>
public class InvalidOriginError(string? message = null, Exception? innerException = null)
    : PikkuException(nameof(InvalidOriginError), 403, ClientText, message, innerException)
{
    private const string ClientText =
        "The request was made from an origin that is not permitted to access this resource.";
}

/// <summary>The requested resource or action does not exist. Status 404.</summary>
/// <param name="message">The text for the log, never for the client.</param>
/// <param name="innerException">What caused it.</param>
public class NotFoundError(string? message = null, Exception? innerException = null)
    : PikkuException(nameof(NotFoundError), 404, ClientText, message, innerException)
{
    private const string ClientText =
        "The server cannot find the requested resource.";
}

/// <summary>The message was not answered before its deadline. Status 408.</summary>
/// <param name="message">The text for the log, never for the client.</param>
/// <param name="innerException">What caused it.</param>
public class RequestTimeoutError(string? message = null, Exception? innerException = null)
    : PikkuException(nameof(RequestTimeoutError), 408, ClientText, message, innerException)
{
    private const string ClientText =
        "The request timeout has expired.";
}

/// <summary>The request conflicts with the current state. Status 409.</summary>
/// <param name="message">The text for the log, never for the client.</param>
/// <param name="innerException">What caused it.</param>
public class ConflictError(string? message = null, Exception? innerException = null)
    : PikkuException(nameof(ConflictError), 409, ClientText, message, innerException)
{
    private const string ClientText =
        "The request could not be completed due to a conflict with the current state of the target resource.";
}

/// <summary>A payload is above its limit. Status 413.</summary>
/// <param name="message">The text for the log, never for the client.</param>
/// <param name="innerException">What caused it.</param>
public class PayloadTooLargeError(string? message = null, Exception? innerException = null)
    : PikkuException(nameof(PayloadTooLargeError), 413, ClientText, message, innerException)
{
    private const string ClientText =
        "The request is larger than the server is willing or able to process.";
}

/// <summary>A call of a client function failed. Status 424.</summary>
/// <param name="message">The text for the log, never for the client.</param>
/// <param name="innerException">What caused it.</param>
public class ClientCallError(string? message = null, Exception? innerException = null)
    : PikkuException(nameof(ClientCallError), 424, ClientText, message, innerException)
{
    private const string ClientText =
        "A function of the client that the server called did not succeed.";
}

/// <summary>A rate or a count is above its limit. Status 429.</summary>
/// <param name="message">The text for the log, never for the client.</param>
/// <param name="innerException">What caused it.</param>
public class TooManyRequestsError(string? message = null, Exception? innerException = null)
    : PikkuException(nameof(TooManyRequestsError), 429, ClientText, message, innerException)
{
    private const string ClientText =
        "The user has sent too many requests in a given amount of time (\"rate limiting\").";
}

/// <summary>The client has cancelled the message. Status 499, as in nginx.</summary>
/// <param name="message">The text for the log, never for the client.</param>
/// <param name="innerException">What caused it.</param>
public class RequestCancelledError(string? message = null, Exception? innerException = null)
    : PikkuException(nameof(RequestCancelledError), 499, ClientText, message, innerException)
{
    private const string ClientText =
        "The client has cancelled the request.";
}

/// <summary>The action is known but not available yet. Status 501.</summary>
/// <param name="message">The text for the log, never for the client.</param>
/// <param name="innerException">What caused it.</param>
public class NotImplementedError(string? message = null, Exception? innerException = null)
    : PikkuException(nameof(NotImplementedError), 501, ClientText, message, innerException)
{
    private const string ClientText =
        "The server does not recognize the request method and cannot support it.";
}

/// <summary>The node is overloaded or shutting down; try again later. Status 503.</summary>
/// <param name="message">The text for the log, never for the client.</param>
/// <param name="innerException">What caused it.</param>
public class ServiceUnavailableError(string? message = null, Exception? innerException = null)
    : PikkuException(nameof(ServiceUnavailableError), 503, ClientText, message, innerException)
{
    private const string ClientText =
        "The server is currently unavailable (overloaded or down).";
}
