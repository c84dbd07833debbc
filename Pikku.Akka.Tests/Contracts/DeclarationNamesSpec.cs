using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Pikku.Akka.Contracts.Types;
using Xunit;

namespace Pikku.Akka.Tests.Contracts;

/// <summary>Names are those of the types, told apart where they must be, and do not depend on the order of the wiring.</summary>
[Trait("Rule", "M1")]
public sealed class DeclarationNamesSpec
{
    [Fact]
    public void A_type_that_goes_both_ways_alike_has_one_name() => Assert.Equal(["Same"], Names(
        (typeof(Same), Direction.Input), (typeof(Same), Direction.Output)));

    [Fact]
    public void A_type_that_goes_both_ways_and_differs_has_two_and_so_has_what_contains_it() => Assert.Equal(
        ["Defaulted", "DefaultedInput", "Outer", "OuterInput"], Names((typeof(Outer), Direction.Input), (typeof(Outer), Direction.Output)));

    [Fact]
    public void A_type_that_is_called_input_gives_its_name_to_the_input() => Assert.Equal(
        ["SomeInput", "SomeInputOutput"], Names((typeof(SomeInput), Direction.Input), (typeof(SomeInput), Direction.Output)));

    [Fact]
    public void Types_that_contain_one_another_can_be_alike() => Assert.Equal(["Left", "Right"], Names(
        (typeof(Left), Direction.Input), (typeof(Right), Direction.Output), (typeof(Left), Direction.Output)));

    [Fact]
    public void Types_of_one_name_are_told_apart_by_where_they_are_declared() => Assert.Equal(["OneThing", "OtherThing"], Names(
        (typeof(One.Thing), Direction.Input), (typeof(Other.Thing), Direction.Output)));

    [Fact]
    public void The_order_of_the_wiring_changes_no_name()
    {
        (Type, Direction)[] types = [(typeof(One.Thing), Direction.Input), (typeof(Outer), Direction.Output), (typeof(Other.Thing), Direction.Output), (typeof(Outer), Direction.Input)];

        Assert.Equal(Names(types), Names([.. types.Reverse()]));
    }

    [Fact]
    public void Generic_types_name_their_arguments() => Assert.Equal(["BoxOfInt32Array", "BoxOfSame", "Same"], Names(
        (typeof(Box<Same>), Direction.Output), (typeof(Box<int[]>), Direction.Output)));

    [Fact]
    public void Names_that_mean_something_else_to_clients_are_not_taken() => Assert.Equal(["DeclarationNamesSpecPromise"], Names(
        (typeof(Promise), Direction.Output)));

    [Theory]
    [InlineData("todos-live", "TodosLive")]
    [InlineData("room:{id}", "RoomId")]
    [InlineData("1x", "N1x")]
    [InlineData("größe", "Größe")]
    [InlineData("--", "Unnamed")]
    public void Any_text_becomes_an_identifier(string text, string expected) => Assert.Equal(expected, DeclarationNames.Identifier(text));

    private static string[] Names(params (Type Type, Direction Direction)[] types)
    {
        var reader = new TypeReader(new JsonSerializerOptions(JsonSerializerDefaults.Web)
        {
            RespectNullableAnnotations = true,
            RespectRequiredConstructorParameters = true,
            TypeInfoResolver = new DefaultJsonTypeInfoResolver(),
        });
        foreach (var (type, direction) in types)
            reader.Read(type, direction);
        return [.. DeclarationNames.Give(reader.Declarations).Select(declaration => declaration.Name)];
    }

    private sealed record Same(int A);

    private sealed record Defaulted(int A = 1);

    private sealed record Outer(Defaulted Inner);

    private sealed record SomeInput(int A = 1);

    private sealed record Left(Right? R);

    private sealed record Right(Left? L);

    private sealed record Box<T>(T Content);

    private sealed record Promise(int A);

    private static class One
    {
        internal sealed record Thing(int A);
    }

    private static class Other
    {
        internal sealed record Thing(int A);
    }
}
