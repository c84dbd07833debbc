using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Operations;

namespace Pikku.Akka.Analyzers;

/// <summary>Finds the code that an application gives to the wiring.</summary>
internal static class WiredCode
{
    /// <summary>
    /// True for a parameter of the library whose delegate runs as a function, middleware, permission or handler of events: any delegate, or a delegate that returns
    /// a task. Callbacks that return nothing configure something at startup.
    /// </summary>
    public static bool IsFunction(Library library, IParameterSymbol? parameter)
    {
        if (parameter is null || !library.Owns(parameter.ContainingSymbol))
            return false;
        var type = parameter.Type is IArrayTypeSymbol { ElementType: var element } && parameter.IsParams ? element : parameter.Type;
        return SymbolEqualityComparer.Default.Equals(type, library.Delegate) || type is INamedTypeSymbol { DelegateInvokeMethod: { } invoke } && library.Tasks.IsTask(invoke.ReturnType);
    }

    /// <summary>The parameter that receives a lambda or a method group; null when it is not an argument.</summary>
    public static IParameterSymbol? ParameterOf(IOperation code)
    {
        for (var one = code.Parent; one is not null; one = one.Parent)
        {
            switch (one)
            {
                case IConversionOperation or IDelegateCreationOperation or IParenthesizedOperation:
                case IArrayInitializerOperation or IArrayCreationOperation:
                case ICollectionExpressionOperation:
                    continue;
                case IArgumentOperation argument:
                    return argument.Parameter;
                default:
                    return null;
            }
        }

        return null;
    }

    /// <summary>The lambda or the method group that an expression converts to a delegate; otherwise the expression.</summary>
    public static IOperation CodeOf(IOperation value)
    {
        while (true)
        {
            switch (value)
            {
                case IConversionOperation conversion:
                    value = conversion.Operand;
                    continue;
                case IDelegateCreationOperation creation:
                    value = creation.Target;
                    continue;
                case IParenthesizedOperation parenthesized:
                    value = parenthesized.Operand;
                    continue;
                default:
                    return value;
            }
        }
    }

    /// <summary>True for a method of a class that runs as a function, middleware or permission.</summary>
    public static bool IsFunction(Library library, IMethodSymbol method)
    {
        if (library.IsAction(method))
            return true;
        for (var one = method.OverriddenMethod; one is not null; one = one.OverriddenMethod)
            if (Library.Contains(library.Functions, one.ContainingType))
                return true;
        return method.ContainingType is { } type && type.AllInterfaces
            .Where(contract => Library.Contains(library.Contracts, contract))
            .SelectMany(contract => contract.GetMembers())
            .Any(member => SymbolEqualityComparer.Default.Equals(type.FindImplementationForInterfaceMember(member), method));
    }
}
