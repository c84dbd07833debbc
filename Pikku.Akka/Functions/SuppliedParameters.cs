using System.Linq.Expressions;
using System.Reflection;
using Microsoft.AspNetCore.Mvc;
using Microsoft.Extensions.DependencyInjection;

namespace Pikku.Akka.Functions;

/// <summary>The parameters of handlers and permissions that are not data: context, connection, cancellation, session and services.</summary>
/// <param name="services">Tells which types are services. If it is null, every interface counts as a service.</param>
internal sealed class SuppliedParameters(IServiceProviderIsService? services)
{
    /// <exception cref="FunctionBindingException">The parameter can't be passed to a compiled function.</exception>
    public static void Check(ParameterInfo parameter)
    {
        var type = parameter.ParameterType;
        if (type.IsByRef || type.IsByRefLike || type.IsPointer)
            throw new FunctionBindingException(
                $"the parameter '{type} {parameter.Name}' is passed by reference or is a ref struct or a pointer, which functions do not support; use a regular type.");
        if (type.IsValueType && typeof(IPikkuSession).IsAssignableFrom(type))
            throw new FunctionBindingException(
                $"the parameter '{type} {parameter.Name}' is a session that is a struct; make the session a class, so that it can be null.");
    }

    public bool IsSupplied(ParameterInfo parameter) =>
        parameter.GetCustomAttribute<FromDataAttribute>() is null
        && (parameter.ParameterType == typeof(PikkuContext) || parameter.ParameterType == typeof(IPikkuChannel)
            || parameter.ParameterType == typeof(CancellationToken) || parameter.ParameterType == typeof(IServiceProvider)
            || IsSession(parameter) || IsService(parameter));

    public bool IsService(ParameterInfo parameter) =>
        parameter.GetCustomAttribute<FromServicesAttribute>() is not null ||
        parameter.GetCustomAttribute<FromKeyedServicesAttribute>() is not null ||
        (services is null ? parameter.ParameterType.IsInterface : services.IsService(parameter.ParameterType));

    public static bool IsSession(ParameterInfo parameter) => typeof(IPikkuSession).IsAssignableFrom(parameter.ParameterType);

    /// <summary>True when the parameter is a session that may not be missing.</summary>
    public static bool NeedsSession(ParameterInfo parameter) =>
        IsSession(parameter) && new NullabilityInfoContext().Create(parameter).WriteState != NullabilityState.Nullable;

    /// <summary>The expression for the value of a supplied parameter.</summary>
    /// <param name="parameter">The parameter.</param>
    /// <param name="provider">The services of the call.</param>
    /// <param name="context">The context of the call.</param>
    public static Expression Supply(ParameterInfo parameter, Expression provider, Expression context)
    {
        var type = parameter.ParameterType;
        if (type == typeof(PikkuContext))
            return context;
        if (type == typeof(IPikkuChannel))
            return Expression.Property(context, nameof(PikkuContext.Channel));
        if (type == typeof(CancellationToken))
            return Expression.Property(context, nameof(PikkuContext.CancellationToken));
        if (type == typeof(IServiceProvider))
            return provider;
        if (IsSession(parameter))
            return NeedsSession(parameter)
                ? Expression.Call(context, nameof(PikkuContext.GetRequiredSession), [type])
                : Expression.TypeAs(Expression.Property(context, nameof(PikkuContext.Session)), type);

        return parameter.GetCustomAttribute<FromKeyedServicesAttribute>() is { } keyed
            ? Expression.Call(typeof(ServiceProviderKeyedServiceExtensions), nameof(ServiceProviderKeyedServiceExtensions.GetRequiredKeyedService),
                [type], provider, Expression.Constant(keyed.Key, typeof(object)))
            : Expression.Call(typeof(ServiceProviderServiceExtensions), nameof(ServiceProviderServiceExtensions.GetRequiredService), [type], provider);
    }

    /// <summary>The parameters of a delegate, with their attributes.</summary>
    public static ParameterInfo[] Of(Delegate handler)
    {
        var target = handler.Method.GetParameters();
        var count = handler.GetType().GetMethod("Invoke")!.GetParameters().Length;
        // The parameters of the delegate type have no attributes. Those of the lambda do; they follow the closure parameter if there is one.
        return target.Length == count ? target : target[^count..];
    }
}
