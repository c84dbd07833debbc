using System.Linq.Expressions;
using System.Reflection;
using System.Runtime.CompilerServices;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Pikku.Akka.Functions.Input;

namespace Pikku.Akka.Functions;

/// <summary>Compiles a function to a <see cref="FunctionBody"/>: a class, a delegate, or a method of a class of actions. Called at startup.</summary>
/// <param name="services">Tells which types are services. If it is null, every interface counts as a service.</param>
internal sealed class FunctionBinder(IServiceProviderIsService? services)
{
    private readonly SuppliedParameters _supplied = new(services);

    /// <summary>Binds a function.</summary>
    /// <param name="function">The function.</param>
    /// <param name="place">Where it is wired.</param>
    /// <exception cref="FunctionBindingException">The function cannot be called. The message contains the reason and a fix.</exception>
    public FunctionBody Bind(FunctionDescriptor function, FunctionPlace place)
    {
        RefuseAuthorize(function);
        if (function.Handler is { } handler)
            return BindDelegate(handler, place);
        return function.Method is { } method ? BindMethod(function.Class!, method, place) : BindClass(function.Class!);
    }

    private FunctionBody BindClass(Type type)
    {
        var contract = ContractOf(type);
        foreach (var parameter in ConstructorOf(type).GetParameters())
            if (!_supplied.IsService(parameter) && !parameter.HasDefaultValue)
                throw new FunctionBindingException(
                    $"The constructor of {type} needs {parameter.ParameterType}, which is not a registered service; register it.");

        return (FunctionBody)typeof(FunctionBinder).GetMethod(nameof(OfClass), BindingFlags.NonPublic | BindingFlags.Static)!
            .MakeGenericMethod([type, .. contract.GenericTypeArguments]).Invoke(null, null)!;
    }

    private static ConstructorInfo ConstructorOf(Type type) => type.GetConstructors() is [var constructor]
        ? constructor
        : throw new FunctionBindingException(
            type.GetConstructors().Length == 0
                ? $"{type} has no public constructor; make its constructor public."
                : $"{type} has {type.GetConstructors().Length} public constructors; keep one, which receives the services.");

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

    private FunctionBody BindDelegate(Delegate handler, FunctionPlace place)
    {
        // A multicast delegate calls all of its targets, so each of them is checked.
        foreach (var one in handler.GetInvocationList())
            RefuseAsyncVoid(one.Method);
        return Compile(
            SuppliedParameters.Of(handler), handler.GetType().GetMethod("Invoke")!.ReturnType, place,
            (arguments, _, _) => Expression.Invoke(Expression.Constant(handler, handler.GetType()), arguments));
    }

    private FunctionBody BindMethod(Type type, MethodInfo method, FunctionPlace place)
    {
        RefuseAsyncVoid(method);
        if (method.ContainsGenericParameters)
            throw new FunctionBindingException($"the method {method.Name} of {type} is generic; write a method with fixed types.");
        if (method.IsStatic)
            return Compile(method.GetParameters(), method.ReturnType, place, (arguments, _, _) => Expression.Call(method, arguments));
        if (type.IsAbstract)
            throw new FunctionBindingException($"{type} is abstract, so it cannot be instantiated; make the class non-abstract, or its actions static.");

        var constructor = ConstructorOf(type).GetParameters();
        foreach (var parameter in constructor)
        {
            SuppliedParameters.Check(parameter);
            if (!IsOpening(parameter, place) && !_supplied.IsSupplied(parameter))
                throw new FunctionBindingException(
                    $"the constructor of {type} needs '{parameter.ParameterType} {parameter.Name}', which is neither a registered service nor the opening data of the channel; register it, or declare it with Route<{parameter.ParameterType.Name}>(…).");
        }

        return Compile(method.GetParameters(), method.ReturnType, place, (arguments, provider, context) => Expression.Call(
            Expression.New(type.GetConstructors()[0], constructor.Select(parameter => Supply(parameter, place, provider, context))), method, arguments));
    }

    private FunctionBody Compile(
        ParameterInfo[] parameters, Type returned, FunctionPlace place, Func<IEnumerable<Expression>, Expression, Expression, Expression> callOf)
    {
        foreach (var parameter in parameters)
            SuppliedParameters.Check(parameter);
        var rest = parameters.Where(p => !IsOpening(p, place) && !_supplied.IsSupplied(p)).ToArray();
        var isParameterData = IsParameterData(rest, place);
        var input = isParameterData ? ParameterData.Emit(rest) : InputOf(rest);
        var (output, wrap) = Results.Of(returned);
        if (typeof(IResult).IsAssignableFrom(output))
            throw new FunctionBindingException(
                $"it returns {output}, which writes an HTTP response; return the value itself, and throw an error such as NotFoundError to refuse.");

        var provider = Expression.Parameter(typeof(IServiceProvider), "services");
        var data = Expression.Parameter(input, "input");
        var context = Expression.Parameter(typeof(PikkuContext), "context");
        var call = callOf(parameters.Select(ArgumentOf), provider, context);
        var body = wrap is null ? call : Expression.Call(wrap, Results.IsVoid(returned) ? AsAction(call) : call);
        var delegateType = typeof(Func<,,,>).MakeGenericType(
            typeof(IServiceProvider), input, typeof(PikkuContext), typeof(ValueTask<>).MakeGenericType(output));
        var compiled = Expression.Lambda(delegateType, body, provider, data, context).Compile();
        var bound = (FunctionBody)Activator.CreateInstance(typeof(FunctionBody<,>).MakeGenericType(input, output), compiled)!;
        return bound with { TakesOnlyData = !UseOf.Any(body, provider, context) };

        Expression ArgumentOf(ParameterInfo parameter)
        {
            if (!rest.Contains(parameter))
                return Supply(parameter, place, provider, context);
            return isParameterData ? Expression.Property(data, ParameterData.PropertyOf(parameter)) : data;
        }
    }

    // Simple parameters are properties of the data, except where the data is not an object: opening data, bytes, and the text of a message.
    private static bool IsParameterData(ParameterInfo[] rest, FunctionPlace place) => place.Kind switch
    {
        FunctionKind.Action => rest.Length > 0 && Array.TrueForAll(rest, IsProperty),
        FunctionKind.AnyMessage => rest.Length > 0 && Array.TrueForAll(rest, IsProperty) && !(rest is [var one] && one.ParameterType == typeof(string)),
        _ => false,
    };

    private static bool IsProperty(ParameterInfo parameter) =>
        ParameterData.IsSimple(parameter.ParameterType) && parameter.GetCustomAttribute<FromDataAttribute>() is null;

    private static Type InputOf(ParameterInfo[] rest) => rest switch
    {
        [] => typeof(NoData),
        [var one] => one.ParameterType,
        _ => throw new FunctionBindingException(
            $"the parameters {string.Join(", ", rest.Select(p => $"'{p.ParameterType} {p.Name}'"))} could all be the input; " +
            "register those that are services, combine the parameters of the input into one type, or use only simple types, which are properties of the data."),
    };

    private static bool IsOpening(ParameterInfo parameter, FunctionPlace place) =>
        parameter.ParameterType == place.Opening && parameter.GetCustomAttribute<FromDataAttribute>() is null;

    private static Expression Supply(ParameterInfo parameter, FunctionPlace place, Expression provider, Expression context) => IsOpening(parameter, place)
        ? Expression.Call(Expression.Property(context, nameof(PikkuContext.Channel)), nameof(IPikkuChannel.GetOpeningData), [parameter.ParameterType])
        : SuppliedParameters.Supply(parameter, provider, context);

    private static void RefuseAsyncVoid(MethodInfo method)
    {
        if (Results.IsVoid(method.ReturnType) && method.IsDefined(typeof(AsyncStateMachineAttribute), inherit: false))
            throw new FunctionBindingException(
                "it is async void, so it cannot be awaited and its exceptions would end the process; return Task or ValueTask.");
    }

    // The attribute would be ignored. Its policies are asked about the principal of a request, and a session that an action sets has none.
    private static void RefuseAuthorize(FunctionDescriptor function)
    {
        var members = new MemberInfo?[] { function.Method, function.Class }.OfType<MemberInfo>();
        if (members.Any(member => member.GetCustomAttributes(inherit: true).Any(attribute => attribute is IAuthorizeData)))
            throw new FunctionBindingException(
                "it has [Authorize], which Pikku does not evaluate; use RequireAuthorization(…) on the channel or on MapPikku to check the upgrade request, "
                + "RequirePolicy(…) to ask a policy about the principal of the connection, or RequirePermission(…) to check session and data.");
    }

    private static Expression<Action> AsAction(Expression call) => Expression.Lambda<Action>(call);

    /// <summary>Looks for parameters in an expression.</summary>
    private sealed class UseOf(ParameterExpression[] parameters) : ExpressionVisitor
    {
        private bool _isFound;

        public static bool Any(Expression expression, params ParameterExpression[] parameters)
        {
            var use = new UseOf(parameters);
            use.Visit(expression);
            return use._isFound;
        }

        protected override Expression VisitParameter(ParameterExpression node)
        {
            _isFound |= parameters.Contains(node);
            return node;
        }
    }
}
