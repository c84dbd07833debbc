using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Pikku.Akka.Contracts.Types;
using Xunit;

namespace Pikku.Akka.Tests.Contracts;

/// <summary>Declarations are named after their types, have unique names, and do not depend on the order of the wiring.</summary>
[Trait("Rule", "M1")]
public sealed class DeclarationNamesSpec
{
    [Fact]
    public void A_type_that_is_equal_in_both_directions_has_one_name() => Assert.Equal(["Same"], Names(
        (typeof(Same), Direction.Input), (typeof(Same), Direction.Output)));

    [Fact]
    public void A_type_that_differs_between_directions_has_two_names_and_so_has_a_type_that_contains_it() => Assert.Equal(
        ["Defaulted", "DefaultedInput", "Outer", "OuterInput"], Names((typeof(Outer), Direction.Input), (typeof(Outer), Direction.Output)));

    [Fact]
    public void A_type_whose_name_ends_in_Input_keeps_its_name_as_input() => Assert.Equal(
        ["SomeInput", "SomeInputOutput"], Names((typeof(SomeInput), Direction.Input), (typeof(SomeInput), Direction.Output)));

    [Fact]
    public void Types_that_contain_each_other_can_be_equal() => Assert.Equal(["Left", "Right"], Names(
        (typeof(Left), Direction.Input), (typeof(Right), Direction.Output), (typeof(Left), Direction.Output)));

    [Fact]
    public void Types_with_the_same_name_are_distinguished_by_their_declaring_types() => Assert.Equal(["OneThing", "OtherThing"], Names(
        (typeof(One.Thing), Direction.Input), (typeof(Other.Thing), Direction.Output)));

    [Fact]
    public void The_order_of_the_wiring_does_not_change_names()
    {
        (Type, Direction)[] types = [(typeof(One.Thing), Direction.Input), (typeof(Outer), Direction.Output), (typeof(Other.Thing), Direction.Output), (typeof(Outer), Direction.Input)];

        Assert.Equal(Names(types), Names([.. types.Reverse()]));
    }

    [Fact]
    public void Names_of_generic_types_contain_their_arguments() => Assert.Equal(["BoxOfInt32Array", "BoxOfSame", "Same"], Names(
        (typeof(Box<Same>), Direction.Output), (typeof(Box<int[]>), Direction.Output)));

    [Fact]
    public void Reserved_names_are_not_used() => Assert.Equal(["DeclarationNamesSpecPromise"], Names(
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
        return [.. DeclarationNames.Assign(reader.Declarations).Select(declaration => declaration.Name)];
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
