using Pikku.Akka.Contracts;
using Pikku.Akka.Protocol;

namespace Pikku.Akka.AsyncApi;

/// <summary>Which errors an action may answer with, as far as that is known before it runs.</summary>
/// <param name="registered">Exceptions that the application has registered.</param>
internal sealed class ErrorCatalog(IReadOnlyDictionary<Type, (string Name, int Status, string Message)> registered)
{
    /// <summary>Errors that belong to no message of a client, or to one that goes nowhere.</summary>
    public static IReadOnlyList<Type> OfConnection { get; } = [typeof(BadRequestError), typeof(NotFoundError), typeof(TooManyRequestsError)];

    /// <summary>What a client is told of the errors of an action, in the order of their status; each name once.</summary>
    public IReadOnlyList<ErrorInfo> Of(ActionContract action) => [.. Standard(action).Concat(action.Function.Errors).Select(Told)
        .DistinctBy(error => error.Name).OrderBy(error => error.Status).ThenBy(error => error.Name, StringComparer.Ordinal)];

    /// <summary>What a client is told of an exception. The status is 0 where only an exception that was thrown would tell it.</summary>
    public ErrorInfo Told(Type exception)
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

        if (action.NeedsSession || action.Function.Permissions.Groups.Count > 0)
            yield return typeof(ForbiddenError);
        if (action.NeedsSession && !action.Function.Readonly)
            yield return typeof(ReadonlySessionError);
        if (action.Function.Scopes.Count > 0)
            yield return typeof(MissingScopeError);
        if (action.Input is not null)
            yield return typeof(UnprocessableContentError);
    }

    // Name and status are known to an object alone; it is made only where its constructor demands nothing.
    private static PikkuException? Example(Type type)
    {
        if (type == typeof(UnprocessableContentError))
            return new UnprocessableContentError([]);
        if (type == typeof(ChannelRpcException))
            return new ChannelRpcException(default, "", "");
        var constructor = type.IsAbstract ? null : type.GetConstructors().FirstOrDefault(c => c.GetParameters().All(p => p.HasDefaultValue));
        try
        {
            return constructor?.Invoke([.. constructor.GetParameters().Select(parameter => parameter.DefaultValue)]) as PikkuException;
        }
        catch (System.Reflection.TargetInvocationException)
        {
            return null; // then its name is all that there is to tell
        }
    }
}
