using System.Collections.Immutable;
using System.Reflection;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CodeActions;
using Microsoft.CodeAnalysis.CodeFixes;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.Diagnostics;
using Microsoft.CodeAnalysis.Text;
using Pikku.Akka.Analyzers;
using Pikku.Akka.CodeFixes;
using Xunit;

namespace Pikku.Akka.Tests.Analyzers;

/// <summary>
/// Source code of an application that all analyzers of the package have read. What a rule reports is between <c>[|</c> and <c>|]</c> in the code of a test.
/// </summary>
internal sealed class AnalyzedCode : IDisposable
{
    private const string Usings = """
        global using System;
        global using System.Collections.Generic;
        global using System.Linq;
        global using System.Threading;
        global using System.Threading.Tasks;
        global using Pikku.Akka;
        """;

    private static readonly ImmutableArray<DiagnosticAnalyzer> Analyzers = [.. Instances<DiagnosticAnalyzer>(typeof(ForgottenAwaitAnalyzer).Assembly)];
    private static readonly CodeFixProvider[] Fixes = [.. Instances<CodeFixProvider>(typeof(ForgottenAwaitCodeFixProvider).Assembly)];

    private static readonly MetadataReference[] References =
    [
        .. ((string)AppContext.GetData("TRUSTED_PLATFORM_ASSEMBLIES")!).Split(Path.PathSeparator).Select(path => MetadataReference.CreateFromFile(path)),
    ];

    private readonly AdhocWorkspace _workspace = new();
    private readonly DocumentId _document;
    private readonly List<TextSpan> _marks = [];

    public AnalyzedCode(string marked)
    {
        var project = _workspace.AddProject(ProjectInfo.Create(
            ProjectId.CreateNewId(), VersionStamp.Default, "Application", "Application", LanguageNames.CSharp,
            compilationOptions: new CSharpCompilationOptions(OutputKind.DynamicallyLinkedLibrary, nullableContextOptions: NullableContextOptions.Enable),
            parseOptions: new CSharpParseOptions(LanguageVersion.Latest),
            metadataReferences: References));
        _workspace.AddDocument(project.Id, "Usings.cs", SourceText.From(Usings));
        _document = _workspace.AddDocument(project.Id, "Code.cs", SourceText.From(WithoutMarks(marked))).Id;
    }

    /// <summary>The ids that an analyzer can report.</summary>
    public static IEnumerable<DiagnosticDescriptor> Rules => Analyzers.SelectMany(analyzer => analyzer.SupportedDiagnostics);

    /// <summary>Asserts that one rule reports what is marked, and no rule reports anything else.</summary>
    public static async Task<IReadOnlyList<string>> AssertReportsAsync(string id, string marked)
    {
        using var code = new AnalyzedCode(marked);
        Assert.NotEmpty(code._marks);
        return await code.AssertAsync(id);
    }

    /// <summary>Asserts that no rule reports anything.</summary>
    public static async Task AssertCleanAsync(string code)
    {
        using var analyzed = new AnalyzedCode(code);
        Assert.Empty(analyzed._marks);
        await analyzed.AssertAsync(null);
    }

    /// <summary>Asserts that one rule reports what is marked, and that its fixes, one after the other and all at once, change the code to another text that compiles.</summary>
    public static async Task AssertFixAsync(string id, string marked, string expected)
    {
        using var code = new AnalyzedCode(marked);
        await code.AssertAsync(id);
        var one = await code.FixOneByOneAsync(code._workspace.CurrentSolution);
        Assert.Equal(expected, await code.TextOfAsync(one));
        await code.AssertCompilesAsync(one);
        Assert.Equal(expected, await code.TextOfAsync(await code.FixAllAsync(id)));
    }

    /// <summary>Asserts that one rule reports what is marked, and that it offers no fix.</summary>
    public static async Task AssertNoFixAsync(string id, string marked)
    {
        using var code = new AnalyzedCode(marked);
        await code.AssertAsync(id);
        foreach (var diagnostic in await code.AnalyzeAsync(code._workspace.CurrentSolution))
            Assert.Empty(await code.ActionsAsync(code._workspace.CurrentSolution, diagnostic));
    }

    public void Dispose() => _workspace.Dispose();

    /// <summary>What the analyzers report, also where the code suppresses it.</summary>
    public async Task<ImmutableArray<Diagnostic>> AnalyzeAsync() => await AnalyzeAsync(_workspace.CurrentSolution);

    private async Task<IReadOnlyList<string>> AssertAsync(string? id)
    {
        await AssertCompilesAsync(_workspace.CurrentSolution);
        var reported = await AnalyzeAsync();
        var expected = _marks.Select(mark => (id, mark)).Order();
        var text = await TextOfAsync(_workspace.CurrentSolution);
        Assert.True(
            expected.SequenceEqual(reported.Select(one => ((string?)one.Id, one.Location.SourceSpan)).Order()),
            $"Expected {id} at:\n{Lines(_marks.Select(mark => (mark, "")))}\nbut got:\n{Lines(reported.Select(one => (one.Location.SourceSpan, one.ToString())))}");
        return [.. reported.OrderBy(one => one.Location.SourceSpan).Select(one => one.GetMessage(System.Globalization.CultureInfo.InvariantCulture))];

        string Lines(IEnumerable<(TextSpan Span, string Message)> spans) => string.Join('\n', spans.Select(one => $"  {text[one.Span.Start..one.Span.End]}  {one.Message}"));
    }

    private async Task AssertCompilesAsync(Solution solution)
    {
        var compilation = await solution.GetDocument(_document)!.Project.GetCompilationAsync();
        Assert.Empty(compilation!.GetDiagnostics().Where(diagnostic => diagnostic.Severity == DiagnosticSeverity.Error));
    }

    private async Task<ImmutableArray<Diagnostic>> AnalyzeAsync(Solution solution)
    {
        var compilation = await solution.GetDocument(_document)!.Project.GetCompilationAsync();
        Exception? failure = null;
        var options = new CompilationWithAnalyzersOptions(
            new AnalyzerOptions([]), (exception, _, _) => failure = exception, concurrentAnalysis: true, logAnalyzerExecutionTime: false, reportSuppressedDiagnostics: true);
        var diagnostics = await compilation!.WithAnalyzers(Analyzers, options).GetAnalyzerDiagnosticsAsync();
        Assert.Null(failure);
        return diagnostics;
    }

    private async Task<List<CodeAction>> ActionsAsync(Solution solution, Diagnostic diagnostic)
    {
        var actions = new List<CodeAction>();
        foreach (var fix in Fixes.Where(fix => fix.FixableDiagnosticIds.Contains(diagnostic.Id)))
            await fix.RegisterCodeFixesAsync(new CodeFixContext(solution.GetDocument(_document)!, diagnostic, (action, _) => actions.Add(action), CancellationToken.None));
        return actions;
    }

    private async Task<Solution> FixOneByOneAsync(Solution solution)
    {
        foreach (var _ in _marks)
        {
            CodeAction? action = null;
            foreach (var diagnostic in await AnalyzeAsync(solution))
                action ??= (await ActionsAsync(solution, diagnostic)).SingleOrDefault();
            Assert.NotNull(action);
            solution = await ApplyAsync(action);
        }

        Assert.Empty(await AnalyzeAsync(solution));
        return solution;
    }

    private async Task<Solution> FixAllAsync(string id)
    {
        var solution = _workspace.CurrentSolution;
        var diagnostics = await AnalyzeAsync(solution);
        var fix = Fixes.Single(fix => fix.FixableDiagnosticIds.Contains(id));
        // The actions of one kind are fixed together.
        var key = (await ActionsAsync(solution, diagnostics[0])).Single().EquivalenceKey;
        var context = new FixAllContext(solution.GetDocument(_document)!, fix, FixAllScope.Document, key!, [id], new Found(diagnostics), CancellationToken.None);
        return await ApplyAsync((await fix.GetFixAllProvider()!.GetFixAsync(context))!);
    }

    private static async Task<Solution> ApplyAsync(CodeAction action) =>
        (await action.GetOperationsAsync(CancellationToken.None)).OfType<ApplyChangesOperation>().Single().ChangedSolution;

    private async Task<string> TextOfAsync(Solution solution) => (await solution.GetDocument(_document)!.GetTextAsync()).ToString();

    private string WithoutMarks(string marked)
    {
        while (marked.IndexOf("[|", StringComparison.Ordinal) is >= 0 and var start)
        {
            var end = marked.IndexOf("|]", start, StringComparison.Ordinal) - 2;
            marked = marked.Remove(end + 2, 2).Remove(start, 2);
            _marks.Add(TextSpan.FromBounds(start, end));
        }

        return marked;
    }

    private static IEnumerable<T> Instances<T>(Assembly assembly) =>
        assembly.GetTypes().Where(type => type.IsAssignableTo(typeof(T)) && !type.IsAbstract).Select(type => (T)Activator.CreateInstance(type)!);

    private sealed class Found(ImmutableArray<Diagnostic> diagnostics) : FixAllContext.DiagnosticProvider
    {
        public override Task<IEnumerable<Diagnostic>> GetAllDiagnosticsAsync(Project project, CancellationToken cancellationToken) => Task.FromResult(diagnostics.AsEnumerable());

        public override Task<IEnumerable<Diagnostic>> GetDocumentDiagnosticsAsync(Document document, CancellationToken cancellationToken) =>
            Task.FromResult(document.Name == "Code.cs" ? diagnostics.AsEnumerable() : []);

        public override Task<IEnumerable<Diagnostic>> GetProjectDiagnosticsAsync(Project project, CancellationToken cancellationToken) => Task.FromResult(Enumerable.Empty<Diagnostic>());
    }
}
