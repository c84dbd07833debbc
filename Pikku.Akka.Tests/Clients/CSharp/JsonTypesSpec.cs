using Mono.Cecil;
using Pikku.Akka.Clients.CSharp;
using Pikku.Akka.Contracts;
using Pikku.Akka.Tests.Contracts;
using Xunit;

namespace Pikku.Akka.Tests.Clients.CSharp;

/// <summary>The generated client has the metadata of every type that it reads or writes. Without it, a call fails at run time only.</summary>
public sealed class JsonTypesSpec
{
    // The null that is passed for an action without input.
    private static readonly string[] s_unread = ["System.Object"];

    // Methods whose type arguments are not read or written.
    private static readonly string[] s_others = ["PikkuRouteTo", "PikkuObserved"];

    [Fact]
    public void Every_type_of_the_conformance_client_has_metadata() => Assert.Empty(Missing(ContractOf.Conformance()));

    [Fact]
    public void Every_type_with_a_difficult_name_has_metadata() => Assert.Empty(Missing(ContractOf.Wiring(NastyWiring.Wire)));

    [Fact]
    public void Types_whose_names_differ_in_their_case_or_look_like_metadata_have_metadata() =>
        Assert.Empty(Missing(ContractOf.Wiring(pikku => pikku.WireChannel("c", channel =>
        {
            channel.AllowAnonymous().MapAction("a", (Upper.TODO input) => new Upper.Todo(1, Upper.Kind.A, [Upper.KIND.B]));
            channel.MapAction("b", (IReadOnlyList<Upper.TODO> input) => new Upper.IReadOnlyListTodo(input.Count));
            channel.MapAction("c", (IReadOnlyList<Upper.Todo> input) => new Upper.Int32("x"));
            channel.MapAction("d", (Upper.Options input) => new Upper.Default(null));
        }))));

    private static IEnumerable<string> Missing(AppContract contract)
    {
        using var image = new MemoryStream();
        var result = GeneratedAssembly.Compile(CSharpClient.Generate(contract, "N")).Emit(image);
        Assert.True(result.Success, string.Join('\n', result.Diagnostics));
        image.Position = 0;
        using var client = ModuleDefinition.ReadModule(image);
        var known = client.GetType("N.PikkuJsonContext").Properties
            .Select(property => property.PropertyType).OfType<GenericInstanceType>().Select(type => type.GenericArguments[0].FullName).ToHashSet(StringComparer.Ordinal);
        var used =
            from type in client.GetTypes()
            from method in type.Methods
            where method.HasBody
            from instruction in method.Body.Instructions
            let called = instruction.Operand as GenericInstanceMethod
            where called is not null && called.Name.StartsWith("Pikku", StringComparison.Ordinal) && !s_others.Contains(called.Name)
            where called.DeclaringType.Name is "PikkuActions" or "PikkuRoute" or "PikkuClient"
            from argument in called.GenericArguments
            where !argument.ContainsGenericParameter && !s_unread.Contains(argument.FullName)
            select argument.FullName;
        var all = used.Distinct().ToArray();
        Assert.NotEmpty(all);
        return all.Where(type => !known.Contains(type));
    }

#pragma warning disable CA1720, CA1724, CA1716 // The names of types are the subject of this spec.
    private static class Upper
    {
        public enum Kind
        {
            A,
        }

        public enum KIND
        {
            B,
        }

        public sealed record Todo(int Id, Kind? Kind, IReadOnlyList<KIND> Kinds);

        public sealed record TODO(string Title);

        public sealed record IReadOnlyListTodo(int Count);

        public sealed record Int32(string Text);

        public sealed record Options(Kind Kind, KIND? Other);

        public sealed record Default(Options? Options);
    }
#pragma warning restore CA1720, CA1724, CA1716
}
