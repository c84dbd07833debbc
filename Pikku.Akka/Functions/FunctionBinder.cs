using System.Linq.Expressions;
using System.Reflection;
using System.Runtime.CompilerServices;
using Microsoft.AspNetCore.Mvc;
using Microsoft.Extensions.DependencyInjection;

namespace Pikku.Akka.Functions;

/// <summary>Makes a function class or a delegate callable, once, at the start.</summary>
/// <param name="services">Knows which types are services; null takes every interface for one.</param>
internal sealed class FunctionBinder(IServiceProviderIsService? services)
{
    /// <summary>Binds a function.</summary>
    /// <exception cref="FunctionBindingException">It can't be called; the message says why and what to do.</exception>
    public FunctionBody Bind(FunctionDescriptor function) =>
        function.Class is { } type ? BindClass(type) : BindDelegate(function.Handler!);

    private FunctionBody BindClass(Type type)
    {
        var contract = ContractOf(type);
        if (type.GetConstructors() is not [var constructor])
            throw new FunctionBindingException(
                type.GetConstructors().Length == 0
                    ? $"{type} has no public constructor; make its constructor public."
                    : $"{type} has {type.GetConstructors().Length} public constructors; keep one, through which its services come.");

        foreach (var parameter in constructor.GetParameters())
            if (!IsService(parameter) && !parameter.HasDefaultValue)
                throw new FunctionBindingException(
                    $"The constructor of {type} needs {parameter.ParameterType}, which is not a registered service; register it.");

        return (FunctionBody)typeof(FunctionBinder).GetMethod(nameof(OfClass), BindingFlags.NonPublic | BindingFlags.Static)!
            .MakeGenericMethod([type, .. contract.GenericTypeArguments]).Invoke(null, null)!;
    }

    private static Type ContractOf(Type type)
    {
        var contracts = type.GetInterfaces().Where(i => i.IsGenericType && i.GetGenericTypeDefinition() == typeof(IPikkuFunction<,>)).ToArray();
        if (type.IsInterface)
            throw new FunctionBindingException($"{type} is an interface; wire the class that implements it.");
        if (contracts.Length == 0)
            throw new FunctionBindingException($"{type} is not a function; derive it from PikkuFunc<TIn, TOut> or PikkuSessionlessFunc<TIn, TOut>.");
        if (type.IsAbstract)
            throw new FunctionBindingException($"{type} is abstract, so that there can't be one of it; wire a class that derives from it, or make it a class that is not abstract.");
        if (contracts.Length > 1)
            throw new FunctionBindingException(
                $"{type} is a function of several kinds ({string.Join(", ", contracts.Select(c => $"{c.GenericTypeArguments[0]} to {c.GenericTypeArguments[1]}"))}); make each a class of its own.");
        return contracts[0];
    }

    private static FunctionBody<TIn, TOut> OfClass<TFunction, TIn, TOut>() where TFunction : IPikkuFunction<TIn, TOut>
    {
        // A constructor without parameters needs no services; asking for none also makes no scope.
        var create = typeof(TFunction).GetConstructors() is [var only] && only.GetParameters().Length == 0
            ? _ => Activator.CreateInstance<TFunction>()
            : Resolving<TFunction>();
        return new FunctionBody<TIn, TOut>((provider, input, context) => create(provider).RunAsync(input, context, context.CancellationToken));
    }

    private static Func<IServiceProvider, T> Resolving<T>()
    {
        var factory = ActivatorUtilities.CreateFactory(typeof(T), []);
        return provider => (T)factory(provider, []);
    }

    private FunctionBody BindDelegate(Delegate handler)
    {
        var method = handler.GetType().GetMethod("Invoke")!;
        var named = handler.Method.GetParameters();
        var invoked = method.GetParameters();
        // The delegate's own parameters have no attributes; those of the lambda do, behind a closure if there is one.
        var parameters = named.Length == invoked.Length ? named : named[^invoked.Length..];
        foreach (var parameter in parameters)
            CheckKind(parameter);
        var inputs = parameters.Where(p => !IsSupplied(p)).ToArray();
        if (inputs.Length > 1)
            throw new FunctionBindingException(
                $"the parameters {string.Join(", ", inputs.Select(p => $"'{p.ParameterType} {p.Name}'"))} could all be the input; " +
                "register the ones that are services, or put the fields of the input into one type.");

        var input = inputs is [var one] ? one.ParameterType : typeof(NoData);
        if (IsAsyncVoid(handler))
            throw new FunctionBindingException(
                "it is async void, so that nobody can wait for it, and what it throws would end the process; let it return Task or ValueTask.");
        var (output, wrap) = Results.Of(method.ReturnType);

        var provider = Expression.Parameter(typeof(IServiceProvider), "services");
        var data = Expression.Parameter(input, "input");
        var wire = Expression.Parameter(typeof(PikkuContext), "wire");
        var arguments = parameters.Select(p => inputs.Contains(p) ? data : Supply(p, provider, wire));
        var call = Expression.Invoke(Expression.Constant(handler, handler.GetType()), arguments);
        var body = wrap is null ? (Expression)call : Expression.Call(wrap, Results.IsVoid(method.ReturnType) ? AsAction(call) : call);
        var delegateType = typeof(Func<,,,>).MakeGenericType(
            typeof(IServiceProvider), input, typeof(PikkuContext), typeof(ValueTask<>).MakeGenericType(output));
        var compiled = Expression.Lambda(delegateType, body, provider, data, wire).Compile();
        return (FunctionBody)Activator.CreateInstance(typeof(FunctionBody<,>).MakeGenericType(input, output), compiled)!;
    }

    // Of several delegates in one, each is called.
    private static bool IsAsyncVoid(Delegate handler) => handler.GetInvocationList()
        .Any(one => Results.IsVoid(one.Method.ReturnType) && one.Method.IsDefined(typeof(AsyncStateMachineAttribute), inherit: false));

    private static void CheckKind(ParameterInfo parameter)
    {
        var type = parameter.ParameterType;
        if (type.IsByRef || type.IsByRefLike || type.IsPointer)
            throw new FunctionBindingException(
                $"the parameter '{type} {parameter.Name}' can't be kept until the function is called; take a plain value.");
        if (type.IsValueType && typeof(IPikkuSession).IsAssignableFrom(type))
            throw new FunctionBindingException(
                $"the parameter '{type} {parameter.Name}' is a session that is a struct; make the session a class, so that there can be none.");
    }

    private static Expression<Action> AsAction(Expression call) => Expression.Lambda<Action>(call);

    private bool IsSupplied(ParameterInfo parameter) =>
        parameter.ParameterType == typeof(PikkuContext) || parameter.ParameterType == typeof(IPikkuChannel) ||
        parameter.ParameterType == typeof(CancellationToken) || parameter.ParameterType == typeof(IServiceProvider) ||
        typeof(IPikkuSession).IsAssignableFrom(parameter.ParameterType) || IsService(parameter);

    private bool IsService(ParameterInfo parameter) =>
        parameter.GetCustomAttribute<FromServicesAttribute>() is not null ||
        parameter.GetCustomAttribute<FromKeyedServicesAttribute>() is not null ||
        (services is null ? parameter.ParameterType.IsInterface : services.IsService(parameter.ParameterType));

    private static Expression Supply(ParameterInfo parameter, Expression provider, Expression wire)
    {
        var type = parameter.ParameterType;
        if (type == typeof(PikkuContext))
            return wire;
        if (type == typeof(IPikkuChannel))
            return Expression.Property(wire, nameof(PikkuContext.Channel));
        if (type == typeof(CancellationToken))
            return Expression.Property(wire, nameof(PikkuContext.CancellationToken));
        if (type == typeof(IServiceProvider))
            return provider;
        if (typeof(IPikkuSession).IsAssignableFrom(type))
            return new NullabilityInfoContext().Create(parameter).WriteState == NullabilityState.Nullable
                ? Expression.TypeAs(Expression.Property(wire, nameof(PikkuContext.Session)), type)
                : Expression.Call(wire, nameof(PikkuContext.GetRequiredSession), [type]);

        return parameter.GetCustomAttribute<FromKeyedServicesAttribute>() is { } keyed
            ? Expression.Call(typeof(ServiceProviderKeyedServiceExtensions), nameof(ServiceProviderKeyedServiceExtensions.GetRequiredKeyedService),
                [type], provider, Expression.Constant(keyed.Key, typeof(object)))
            : Expression.Call(typeof(ServiceProviderServiceExtensions), nameof(ServiceProviderServiceExtensions.GetRequiredService), [type], provider);
    }
}
