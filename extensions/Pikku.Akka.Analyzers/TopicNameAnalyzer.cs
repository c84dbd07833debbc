using System.Collections.Immutable;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Diagnostics;
using Microsoft.CodeAnalysis.Operations;

namespace Pikku.Akka.Analyzers;

/// <summary>Reports topics whose names do not match their types: templates whose placeholders are not the properties of the key, and single topics with braces.</summary>
[DiagnosticAnalyzer(LanguageNames.CSharp)]
public sealed class TopicNameAnalyzer : DiagnosticAnalyzer
{
    internal const string Id = "PIKKU0004";

    /// <summary>The property of a diagnostic with a name that has no problem; absent when the analyzer knows none.</summary>
    internal const string Correction = nameof(Correction);

    private static readonly DiagnosticDescriptor s_rule = new(
        Id, "Name the properties of the key in the template of a topic", "The topic '{0}' {1}",
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
            string[] names = ["Topic`1", "StateTopic`1", "PresenceTopic`1", "Topic`2", "StateTopic`2", "PresenceTopic`2"];
            INamedTypeSymbol[] topics = [.. names.Select(library.Type).OfType<INamedTypeSymbol>()];
            start.RegisterOperationAction(operation => Analyze(operation, topics), OperationKind.ObjectCreation);
        });
    }

    private static void Analyze(OperationAnalysisContext context, INamedTypeSymbol[] topics)
    {
        var creation = (IObjectCreationOperation)context.Operation;
        if (!Library.Contains(topics, creation.Type) || creation.Arguments.IsEmpty)
            return;
        var name = creation.Arguments[0].Value;
        // A name that is put together at run time is checked at the start.
        if (name.ConstantValue is not { HasValue: true, Value: string text })
            return;
        var types = ((INamedTypeSymbol)creation.Type!).TypeArguments;
        if (ProblemOf(text, types.Length == 2 ? types[0] : null) is not { } problem)
            return;
        var properties = problem.Correction is { } correction ? ImmutableDictionary<string, string?>.Empty.Add(Correction, correction) : null;
        context.ReportDiagnostic(Diagnostic.Create(s_rule, name.Syntax.GetLocation(), properties, text, problem.Text));
    }

    private static TopicProblem? ProblemOf(string text, ITypeSymbol? key)
    {
        if (key is not null)
            return TopicTemplate.TryParse(text, out var template, out var problem) ? TopicKeyShape.ProblemOf(template!, key) : new TopicProblem(problem!);
        if (string.IsNullOrWhiteSpace(text))
            return new TopicProblem("has no name; give the topic the name to which events are published");
        return text.IndexOfAny(['{', '}']) < 0 ? null : new TopicProblem("has braces; declare a family of topics with Topic<TKey, TEvent>, or remove the braces");
    }
}
