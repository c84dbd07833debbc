using System.Linq.Expressions;
using System.Reflection;
using System.Runtime.CompilerServices;
using Microsoft.AspNetCore.Mvc;
using Microsoft.Extensions.DependencyInjection;

namespace Pikku.Akka.Functions;

/// <summary>Compiles a function class or a delegate to a <see cref="FunctionBody"/>. Called once for each function, at startup.</summary>
/// <param name="services">Tells which types are services. If it is null, every interface counts as a service.</param>
internal sealed class FunctionBinder(IServiceProviderIsService? services)
{
    /// <summary>Binds a function.</summary>
    /// <exception cref="FunctionBindingException">The function cannot be called. The message contains the reason and a fix.</exception>
    public FunctionBody Bind(FunctionDescriptor function) =>
        function.Class is { } type ? BindClass(type) : BindDelegate(function.Handler!);

    private FunctionBody BindClass(Type type)
    {
        var contract = ContractOf(type);
        if (type.GetConstructors() is not [var constructor])
            throw new FunctionBindingException(
                type.GetConstructors().Length == 0
                    ? $"{type} has no public constructor; make its constructor public."
                    : $"{type} has {type.GetConstructors().Length} public constructors; keep one, which receives the services.");

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
            throw new FunctionBindingException($"{type} is not a function; derive it from PikkuFunc<TIn, TOut>, PikkuStream<TIn, TItem> or their sessionless forms.");
        if (type.IsAbstract)
            throw new FunctionBindingException($"{type} is abstract, so it cannot be instantiated; wire a derived class, or make the class non-abstract.");
        if (contracts.Length > 1)
            throw new FunctionBindingException(
                $"{type} implements IPikkuFunction several times ({string.Join(", ", contracts.Select(c => $"{c.GenericTypeArguments[0]} to {c.GenericTypeArguments[1]}"))}); use one class for each function.");
        return contracts[0];
    }

    private static FunctionBody<TIn, TOut> OfClass<TFunction, TIn, TOut>() where TFunction : IPikkuFunction<TIn, TOut>
    {
        // A constructor without parameters needs no services. Not using the provider avoids creating a scope.
        var create = typeof(TFunction).GetConstructors() is [var only] && only.GetParameters().Length == 0
            ? _ => Activator.CreateInstance<TFunction>()
            : CreateFactory<TFunction>();
        return new FunctionBody<TIn, TOut>((provider, input, context) => create(provider).RunAsync(input, context, context.CancellationToken));
    }

    private static Func<IServiceProvider, T> CreateFactory<T>()
    {
        var factory = ActivatorUtilities.CreateFactory(typeof(T), []);
        return provider => (T)factory(provider, []);
    }

    private FunctionBody BindDelegate(Delegate handler)
    {
        var method = handler.GetType().GetMethod("Invoke")!;
        var targetParameters = handler.Method.GetParameters();
        var delegateParameters = method.GetParameters();
        // The parameters of the delegate type have no attributes. Those of the lambda do; they follow the closure parameter if there is one.
        var parameters = targetParameters.Length == delegateParameters.Length ? targetParameters : targetParameters[^delegateParameters.Length..];
        foreach (var parameter in parameters)
            CheckKind(parameter);
        var inputs = parameters.Where(p => !IsSupplied(p)).ToArray();
        if (inputs.Length > 1)
            throw new FunctionBindingException(
                $"the parameters {string.Join(", ", inputs.Select(p => $"'{p.ParameterType} {p.Name}'"))} could all be the input; " +
                "register those that are services, or combine the parameters of the input into one type.");

        var input = inputs is [var one] ? one.ParameterType : typeof(NoData);
        if (IsAsyncVoid(handler))
            throw new FunctionBindingException(
                "it is async void, so it cannot be awaited and its exceptions would end the process; return Task or ValueTask.");
        var (output, wrap) = Results.Of(method.ReturnType);

        var provider = Expression.Parameter(typeof(IServiceProvider), "services");
        var data = Expression.Parameter(input, "input");
        var context = Expression.Parameter(typeof(PikkuContext), "context");
        var arguments = parameters.Select(p => inputs.Contains(p) ? data : Supply(p, provider, context));
        var call = Expression.Invoke(Expression.Constant(handler, handler.GetType()), arguments);
        var body = wrap is null ? (Expression)call : Expression.Call(wrap, Results.IsVoid(method.ReturnType) ? AsAction(call) : call);
        var delegateType = typeof(Func<,,,>).MakeGenericType(
            typeof(IServiceProvider), input, typeof(PikkuContext), typeof(ValueTask<>).MakeGenericType(output));
        var compiled = Expression.Lambda(delegateType, body, provider, data, context).Compile();
        return (FunctionBody)Activator.CreateInstance(typeof(FunctionBody<,>).MakeGenericType(input, output), compiled)!;
    }

    // A multicast delegate calls all of its targets, so each of them is checked.
    private static bool IsAsyncVoid(Delegate handler) => handler.GetInvocationList()
        .Any(one => Results.IsVoid(one.Method.ReturnType) && one.Method.IsDefined(typeof(AsyncStateMachineAttribute), inherit: false));

    private static void CheckKind(ParameterInfo parameter)
    {
        var type = parameter.ParameterType;
        if (type.IsByRef || type.IsByRefLike || type.IsPointer)
            throw new FunctionBindingException(
                $"the parameter '{type} {parameter.Name}' is passed by reference or is a ref struct or a pointer, which functions do not support; use a regular type.");
        if (type.IsValueType && typeof(IPikkuSession).IsAssignableFrom(type))
            throw new FunctionBindingException(
                $"the parameter '{type} {parameter.Name}' is a session that is a struct; make the session a class, so that it can be null.");
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

    private static Expression Supply(ParameterInfo parameter, Expression provider, Expression context)
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
        if (typeof(IPikkuSession).IsAssignableFrom(type))
            return new NullabilityInfoContext().Create(parameter).WriteState == NullabilityState.Nullable
                ? Expression.TypeAs(Expression.Property(context, nameof(PikkuContext.Session)), type)
                : Expression.Call(context, nameof(PikkuContext.GetRequiredSession), [type]);

        return parameter.GetCustomAttribute<FromKeyedServicesAttribute>() is { } keyed
            ? Expression.Call(typeof(ServiceProviderKeyedServiceExtensions), nameof(ServiceProviderKeyedServiceExtensions.GetRequiredKeyedService),
                [type], provider, Expression.Constant(keyed.Key, typeof(object)))
            : Expression.Call(typeof(ServiceProviderServiceExtensions), nameof(ServiceProviderServiceExtensions.GetRequiredService), [type], provider);
    }
}
