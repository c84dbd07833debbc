using Pikku.Akka.Contracts;
using Pikku.Akka.Protocol;

namespace Pikku.Akka.AsyncApi;

/// <summary>Finds the errors that an action may reply with, as far as they are known before the action runs.</summary>
/// <param name="registered">The exceptions that the application has registered.</param>
internal sealed class ErrorCatalog(IReadOnlyDictionary<Type, (string Name, int Status, string Message)> registered)
{
    /// <summary>Errors that answer no message of a client, or a message that matches no action.</summary>
    public static IReadOnlyList<Type> OfConnection { get; } = [typeof(BadRequestError), typeof(NotFoundError), typeof(TooManyRequestsError)];

    /// <summary>The errors of a renewal of the session.</summary>
    public static IReadOnlyList<Type> OfRenewal { get; } = [typeof(UnauthorizedError), typeof(ForbiddenError)];

    /// <summary>Returns what clients receive for the errors of an action, sorted by status; each name appears once.</summary>
    public IReadOnlyList<ErrorInfo> Of(ActionContract action) => [.. Standard(action).Concat(action.Function.Errors).Select(InfoOf)
        .DistinctBy(error => error.Name).OrderBy(error => error.Status).ThenBy(error => error.Name, StringComparer.Ordinal)];

    /// <summary>Returns what clients receive for an exception. The status is 0 if only an instance of the exception could tell
    /// it.</summary>
    public ErrorInfo InfoOf(Type exception)
    {
        for (var type = exception; type is not null && type != typeof(PikkuException); type = type.BaseType)
            if (registered.TryGetValue(type, out var known))
                return new ErrorInfo(known.Name, known.Status, known.Message);
        if (!exception.IsSubclassOf(typeof(PikkuException)))
            return new ErrorInfo(ErrorMap.InternalName, 500, ErrorMap.InternalMessage);
        return Example(exception) is { } example
            ? new ErrorInfo(example.Name, example.Status, example.ClientMessage)
            : new ErrorInfo(exception.Name, 0, "");
    }

    private static IEnumerable<Type> Standard(ActionContract action)
    {
        if (action.NeedsSession)
        {
            yield return typeof(UnauthorizedError);
            yield return typeof(InvalidSessionError);
        }

        if (action.NeedsSession || action.NeedsPermission)
            yield return typeof(ForbiddenError);
        if (action.NeedsSession && !action.Function.ReadOnly)
            yield return typeof(ReadonlySessionError);
        if (action.Function.Scopes.Count > 0)
            yield return typeof(MissingScopeError);
        if (action.Input is not null)
            yield return typeof(UnprocessableContentError);
    }

    // Name and status are instance properties, so they need an instance; one is created only if the constructor needs no arguments.
    private static PikkuException? Example(Type type)
    {
        if (type == typeof(UnprocessableContentError))
            return new UnprocessableContentError([]);
        if (type == typeof(ClientCallException))
            return new ClientCallException(default, "", "");
        var constructor = type.IsAbstract ? null : type.GetConstructors().FirstOrDefault(c => c.GetParameters().All(p => p.HasDefaultValue));
        try
        {
            return constructor?.Invoke([.. constructor.GetParameters().Select(parameter => parameter.DefaultValue)]) as PikkuException;
        }
        catch (System.Reflection.TargetInvocationException)
        {
            return null; // The document then has only the exception's name.
        }
    }
}
