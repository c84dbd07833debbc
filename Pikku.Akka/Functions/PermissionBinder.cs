using System.Linq.Expressions;
using System.Reflection;
using System.Text.Json;
using Microsoft.AspNetCore.Authorization;
using Microsoft.Extensions.DependencyInjection;

namespace Pikku.Akka.Functions;

/// <summary>Binds permissions to the data of their places. Called at startup.</summary>
/// <param name="services">Tells which types are services. If it is null, every interface counts as a service.</param>
internal sealed class PermissionBinder(IServiceProviderIsService? services)
{
    private static readonly MethodInfo s_ofClass = typeof(PermissionBinder).GetMethod(nameof(OfClass), BindingFlags.NonPublic | BindingFlags.Static)!;

    private readonly SuppliedParameters _supplied = new(services);

    /// <exception cref="FunctionBindingException">The permission can't be asked at this place. The message contains the reason and a fix.</exception>
    public BoundPermission Bind(PikkuPermission permission, PermissionPlace place)
    {
        if (permission.Class is { } type)
            return BindClass(permission, type, place);
        if (permission.Handler is { } handler)
            return BindDelegate(permission, handler, place);
        if (permission.Policy is { } policy)
            return BindPolicy(permission, policy);
        var parts = permission.Parts.Select(part => Bind(part, place)).ToArray();
        return new BoundPermission(permission, null, permission.IsAlternative ? call => AnyAsync(parts, call) : call => AllAsync(parts, call))
        {
            Parts = parts, Uses = parts.Aggregate(PermissionData.None, (uses, part) => uses | part.Uses),
        };
    }

    private static async ValueTask<bool> AnyAsync(BoundPermission[] parts, PermissionCall call)
    {
        foreach (var part in parts)
            if (await AskAsync(part, call).ConfigureAwait(false))
                return true;
        return parts.Length == 0;
    }

    private static async ValueTask<bool> AllAsync(BoundPermission[] parts, PermissionCall call)
    {
        foreach (var part in parts)
            if (!await AskAsync(part, call).ConfigureAwait(false))
                return false;
        return true;
    }

    private static ValueTask<bool> AskAsync(BoundPermission part, PermissionCall call) =>
        call.Witness is { } witness ? WatchAsync(part, call, witness) : part.AllowsAsync(call);

    private static async ValueTask<bool> WatchAsync(BoundPermission part, PermissionCall call, GateWitness witness)
    {
        var allowed = await part.AllowsAsync(call).ConfigureAwait(false);
        witness.PartAnswered(part.Permission, allowed);
        return allowed;
    }

    private BoundPermission BindPolicy(PikkuPermission permission, string policy)
    {
        if (services?.IsService(typeof(IAuthorizationService)) == false)
            throw new FunctionBindingException(
                $"the policy '{policy}' needs the authorization services of ASP.NET Core; register them with builder.Services.AddAuthorization().");
        return new BoundPermission(permission, null, async call =>
        {
            // Without a principal, the policy is asked about an anonymous one, as ASP.NET Core does for a request.
            var authorization = call.Context.Services.GetRequiredService<IAuthorizationService>();
            return (await authorization.AuthorizeAsync(call.Context.User, call.Context, policy).ConfigureAwait(false)).Succeeded;
        }) { Uses = PermissionData.Principal };
    }

    private static BoundPermission BindClass(PikkuPermission permission, Type type, PermissionPlace place)
    {
        var create = ActivatorUtilities.CreateFactory(type, []);
        if (typeof(IPikkuPermission).IsAssignableFrom(type))
            return new BoundPermission(permission, null, call =>
                ((IPikkuPermission)create(call.Context.Services, [])).AllowsAsync(call.Context, call.Context.CancellationToken));
        var input = type.GetInterfaces().Single(PikkuPermission.IsContract).GenericTypeArguments[0];
        var (reader, uses) = ReaderOf(permission, input, place);
        var ask = s_ofClass.MakeGenericMethod(input).Invoke(null, [create, reader]);
        return new BoundPermission(permission, input, (Func<PermissionCall, ValueTask<bool>>)ask!) { Uses = uses };
    }

    private static Func<PermissionCall, ValueTask<bool>> OfClass<TInput>(ObjectFactory create, Func<PermissionCall, object?> input) => call =>
        ((IPikkuPermission<TInput>)create(call.Context.Services, [])).AllowsAsync((TInput)input(call)!, call.Context, call.Context.CancellationToken);

    private BoundPermission BindDelegate(PikkuPermission permission, Delegate handler, PermissionPlace place)
    {
        var parameters = SuppliedParameters.Of(handler);
        foreach (var parameter in parameters)
            SuppliedParameters.Check(parameter);

        var call = Expression.Parameter(typeof(PermissionCall), "call");
        var context = Expression.Property(call, nameof(PermissionCall.Context));
        var provider = Expression.Property(context, nameof(PikkuContext.Services));
        Type? input = null;
        var uses = PermissionData.None;
        var arguments = new List<Expression>();
        Expression? denied = null; // true when a session that the permission needs is missing
        foreach (var parameter in parameters)
        {
            if (!_supplied.IsSupplied(parameter))
            {
                input = parameter.ParameterType;
                (var reader, uses) = ReaderOf(permission, input, place);
                arguments.Add(Expression.Convert(Expression.Invoke(Expression.Constant(reader), call), input));
            }
            else if (SuppliedParameters.NeedsSession(parameter))
            {
                var session = Expression.Property(context, nameof(PikkuContext.Session));
                var missing = Expression.Not(Expression.TypeIs(session, parameter.ParameterType));
                denied = denied is null ? missing : Expression.OrElse(denied, missing);
                arguments.Add(Expression.Convert(session, parameter.ParameterType));
            }
            else
            {
                arguments.Add(SuppliedParameters.Supply(parameter, provider, context));
            }
        }

        var answer = AnswerOf(permission, Expression.Invoke(Expression.Constant(handler, handler.GetType()), arguments));
        var body = denied is null ? answer : Expression.Condition(denied, Expression.Default(typeof(ValueTask<bool>)), answer);
        return new BoundPermission(permission, input, Expression.Lambda<Func<PermissionCall, ValueTask<bool>>>(body, call).Compile()) { Uses = uses };
    }

    private static Expression AnswerOf(PikkuPermission permission, Expression answer)
    {
        if (answer.Type == typeof(ValueTask<bool>))
            return answer;
        if (answer.Type == typeof(bool) || answer.Type == typeof(Task<bool>))
            return Expression.New(typeof(ValueTask<bool>).GetConstructor([answer.Type])!, answer);
        throw new FunctionBindingException(
            $"the permission '{permission.Name}' returns {answer.Type}; return bool, Task<bool> or ValueTask<bool>.");
    }

    private static (Func<PermissionCall, object?> Reader, PermissionData Uses) ReaderOf(PikkuPermission permission, Type type, PermissionPlace place)
    {
        if (type == typeof(JsonElement) && place.Data is not null)
            return (call => call.Json, place.Key is null ? PermissionData.Message : PermissionData.Key);
        if (place.Key is { } key && type.IsAssignableFrom(key))
            return (call => call.Key, PermissionData.Key);
        if (place.Data is { } data && type.IsAssignableFrom(data))
            return (call => call.Data, PermissionData.Message);
        if (place.Opening is { } opening && type.IsAssignableFrom(opening))
            return (call => call.Opening, PermissionData.Opening);
        string[] known =
        [
            .. place.Data is { } has && has != typeof(NoData) ? [$"the data is {(has == typeof(object) ? "that of any function (JsonElement)" : has)}"] : Array.Empty<string>(),
            .. place.Opening is { } open ? [$"the opening data is {open}"] : Array.Empty<string>(),
            .. place.Key is { } of ? [$"the key is {of}"] : Array.Empty<string>(),
        ];
        throw new FunctionBindingException(
            $"the permission '{permission.Name}' expects {type}, but {(known.Length == 0 ? "there is no data here" : string.Join(" and ", known))}; use the type of the data or a base type, or register {type} if it is a service.");
    }
}
