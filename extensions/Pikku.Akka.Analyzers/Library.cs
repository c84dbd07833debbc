using Microsoft.CodeAnalysis;

namespace Pikku.Akka.Analyzers;

/// <summary>The symbols of Pikku.Akka in one compilation. Rules compare symbols, so that types of other libraries with the same names are never reported.</summary>
internal sealed class Library
{
    private const string Name = "Pikku.Akka";

    private readonly IAssemblySymbol _assembly;

    private Library(IAssemblySymbol assembly, Compilation compilation)
    {
        _assembly = assembly;
        Delegate = compilation.GetSpecialType(SpecialType.System_Delegate);
        Tasks = new TaskTypes(compilation);
        ActionAttribute = Type("PikkuActionAttribute");
        Builders = Types("PikkuBuilder", "ChannelBuilder", "EventsBuilder");
        Functions = Types("PikkuFunc`1", "PikkuFunc`2", "PikkuSessionlessFunc`1", "PikkuSessionlessFunc`2", "PikkuStream`2", "PikkuSessionlessStream`2");
        Permissions = Types("IPikkuPermission", "IPikkuPermission`1");
        Contracts = [.. Permissions, .. Types("IPikkuMiddleware", "IPikkuSessionStore")];
    }

    /// <summary>System.Delegate, the type of the parameters for functions.</summary>
    public INamedTypeSymbol Delegate { get; }

    /// <summary>The tasks.</summary>
    public TaskTypes Tasks { get; }

    /// <summary>The attribute that makes a method of a class an action.</summary>
    public INamedTypeSymbol? ActionAttribute { get; }

    /// <summary>The builders that callbacks receive at startup.</summary>
    public INamedTypeSymbol[] Builders { get; }

    /// <summary>The base classes of functions.</summary>
    public INamedTypeSymbol[] Functions { get; }

    /// <summary>The interfaces of permissions.</summary>
    public INamedTypeSymbol[] Permissions { get; }

    /// <summary>The interfaces whose methods run as part of a call.</summary>
    public INamedTypeSymbol[] Contracts { get; }

    /// <summary>The library as a compilation sees it; null for a compilation that does not use it.</summary>
    public static Library? Of(Compilation compilation) =>
        compilation.GetTypeByMetadataName($"{Name}.PikkuBuilder") is { ContainingAssembly: { Name: Name } assembly } ? new Library(assembly, compilation) : null;

    /// <summary>True for a symbol that the library declares.</summary>
    public bool Owns(ISymbol? symbol) => symbol is not null && SymbolEqualityComparer.Default.Equals(symbol.ContainingAssembly, _assembly);

    /// <summary>A type of the library.</summary>
    /// <param name="name">The name, with the number of type parameters as in metadata.</param>
    public INamedTypeSymbol? Type(string name) => _assembly.GetTypeByMetadataName($"{Name}.{name}");

    /// <summary>True for a method with <c>[PikkuAction]</c>, which overriding methods inherit.</summary>
    public bool IsAction(IMethodSymbol method)
    {
        for (IMethodSymbol? one = method; one is not null; one = one.OverriddenMethod)
        {
            foreach (var attribute in one.GetAttributes())
                if (SymbolEqualityComparer.Default.Equals(attribute.AttributeClass, ActionAttribute))
                    return true;
        }

        return false;
    }

    /// <summary>True for a class that derives from a base class of functions.</summary>
    public bool IsFunction(INamedTypeSymbol type)
    {
        for (var one = type.BaseType; one is not null; one = one.BaseType)
            if (Contains(Functions, one))
                return true;
        // The library itself implements the interface behind the base classes.
        return type.AllInterfaces.Any(contract => contract.Name == "IPikkuFunction" && Owns(contract));
    }

    /// <summary>True when a type is one of the types, whatever its type arguments are.</summary>
    public static bool Contains(INamedTypeSymbol[] types, ITypeSymbol? type)
    {
        foreach (var one in types)
            if (SymbolEqualityComparer.Default.Equals(one, type?.OriginalDefinition))
                return true;
        return false;
    }

    private INamedTypeSymbol[] Types(params string[] names) => [.. names.Select(Type).OfType<INamedTypeSymbol>()];
}
