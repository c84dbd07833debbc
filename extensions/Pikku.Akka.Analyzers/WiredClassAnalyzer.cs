using System.Collections.Immutable;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Diagnostics;
using Microsoft.CodeAnalysis.Operations;

namespace Pikku.Akka.Analyzers;

/// <summary>Reports classes that are wired and lack what the wiring calls: functions, actions and permissions. The application would not start.</summary>
[DiagnosticAnalyzer(LanguageNames.CSharp)]
public sealed class WiredClassAnalyzer : DiagnosticAnalyzer
{
    internal const string Id = "PIKKU0005";

    private static readonly DiagnosticDescriptor s_rule = new(
        Id, "Wire classes that can be called", "'{0}' {1}",
        "Usage", DiagnosticSeverity.Warning, isEnabledByDefault: true, helpLinkUri: HelpLink.Of(Id));

    /// <inheritdoc/>
    public override ImmutableArray<DiagnosticDescriptor> SupportedDiagnostics { get; } = [s_rule];

    /// <inheritdoc/>
    public override void Initialize(AnalysisContext context)
    {
        context.EnableConcurrentExecution();
        context.ConfigureGeneratedCodeAnalysis(GeneratedCodeAnalysisFlags.None);
        context.RegisterCompilationStartAction(start =>
        {
            if (Library.Of(start.Compilation) is not { } library)
                return;
            var attribute = library.Type("RequirePermissionAttribute`1");
            start.RegisterOperationAction(operation => AnalyzeCall(operation, library), OperationKind.Invocation);
            start.RegisterOperationAction(operation => AnalyzeAttribute(operation, library, attribute), OperationKind.Attribute);
            // The attributes of lambdas are no operations.
            start.RegisterOperationAction(operation => AnalyzeLambda(operation, library, attribute), OperationKind.AnonymousFunction);
        });
    }

    private static void AnalyzeCall(OperationAnalysisContext context, Library library)
    {
        var method = ((IInvocationOperation)context.Operation).TargetMethod;
        if (method.TypeArguments.Length != 1 || !library.Owns(method) || method.TypeArguments[0] is not INamedTypeSymbol { TypeKind: not TypeKind.Error } type)
            return;
        var problem = method.Name switch
        {
            "MapAction" or "OnConnect" or "OnDisconnect" or "OnMessage" or "OnBinaryMessage" or "WithSnapshot" => ProblemOfFunction(library, type),
            "MapActions" => ProblemOfActions(library, type),
            "RequirePermission" => ProblemOfPermission(library, type),
            "Of" when method.ContainingType.Name == "PikkuPermission" => ProblemOfPermission(library, type),
            _ => null,
        };
        if (problem is not null)
            context.ReportDiagnostic(Diagnostic.Create(s_rule, Heads.OfTypeArgument(context.Operation.Syntax), type.Name, problem));
    }

    private static void AnalyzeAttribute(OperationAnalysisContext context, Library library, INamedTypeSymbol? attribute)
    {
        if (((IAttributeOperation)context.Operation).Operation is IObjectCreationOperation { Type: INamedTypeSymbol type })
            AnalyzeAttribute(context, library, attribute, type, context.Operation.Syntax);
    }

    private static void AnalyzeLambda(OperationAnalysisContext context, Library library, INamedTypeSymbol? attribute)
    {
        foreach (var data in ((IAnonymousFunctionOperation)context.Operation).Symbol.GetAttributes())
            if (data is { AttributeClass: { } type, ApplicationSyntaxReference: { } syntax })
                AnalyzeAttribute(context, library, attribute, type, syntax.GetSyntax(context.CancellationToken));
    }

    private static void AnalyzeAttribute(OperationAnalysisContext context, Library library, INamedTypeSymbol? attribute, INamedTypeSymbol type, SyntaxNode syntax)
    {
        if (SymbolEqualityComparer.Default.Equals(type.OriginalDefinition, attribute)
            && type.TypeArguments[0] is INamedTypeSymbol { TypeKind: not TypeKind.Error } permission
            && ProblemOfPermission(library, permission) is { } problem)
            context.ReportDiagnostic(Diagnostic.Create(s_rule, syntax.GetLocation(), permission.Name, problem));
    }

    private static string? ProblemOfFunction(Library library, INamedTypeSymbol type)
    {
        if (type.TypeKind == TypeKind.Interface)
            return "is an interface; wire the class that implements it";
        if (!library.IsFunction(type))
            return "is not a function; derive it from PikkuFunc<TIn, TOut>, PikkuStream<TIn, TItem> or their sessionless forms";
        if (type.IsAbstract)
            return "is abstract, so it cannot be instantiated; wire a derived class, or make the class non-abstract";
        var count = type.InstanceConstructors.Count(constructor => constructor.DeclaredAccessibility == Accessibility.Public);
        return count switch
        {
            0 => "has no public constructor; make its constructor public",
            1 => null,
            _ => $"has {count} public constructors; keep one, which receives the services",
        };
    }

    private static string? ProblemOfActions(Library library, INamedTypeSymbol type)
    {
        for (var one = type; one is not null; one = one.BaseType)
            if (one.GetMembers().OfType<IMethodSymbol>().Any(library.IsAction))
                return null;
        return "has no actions; put [PikkuAction] on its methods";
    }

    private static string? ProblemOfPermission(Library library, INamedTypeSymbol type)
    {
        var count = type.AllInterfaces.Count(contract => Library.Contains(library.Permissions, contract));
        return count == 1 ? null : $"must implement IPikkuPermission or one IPikkuPermission<TInput>; it implements {count} of them";
    }
}
