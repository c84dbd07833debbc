using Pikku.Akka.Clients.TypeScript;
using Pikku.Akka.Tests.Contracts;
using Pikku.Akka.Tests.Support;
using Xunit;

namespace Pikku.Akka.Tests.Clients;

/// <summary>The output of the TypeScript generator. The tests in the folder <c>typescript</c> show that it compiles and works.</summary>
[Trait("Rule", "M1")]
public sealed class TypeScriptClientSpec
{
    [Fact]
    public void Writes_the_client_of_the_sample() =>
        Snapshot.Is(TypeScriptClient.Generate(ContractOf.Conformance()), "Clients", "typescript", "conformance.ts");

    [Fact]
    public void Writes_the_client_of_the_page() =>
        Snapshot.Is(TypeScriptClient.Generate(ContractOf.Host()), "..", "Pikku.Akka.Host", "Client", "client.ts");

    [Fact]
    public void The_same_wiring_gives_the_same_text() =>
        Assert.Equal(TypeScriptClient.Generate(ContractOf.Conformance()), TypeScriptClient.Generate(ContractOf.Conformance()));

    [Fact]
    public void Names_that_are_not_identifiers_are_quoted()
    {
        var text = Generate(c =>
        {
            c.RoutingKey("do it").MapAction("it's \"this\"\n", () => 1);
            c.RoutingKey("do it").MapAction("class", () => 2);
            c.RoutingKey("do it").MapAction("__proto__", () => 3);
            c.WithTopic<int>("a`b$c");
        });

        Assert.Contains("""      'do it': {""", text, StringComparison.Ordinal);
        Assert.Contains("""        'it\'s "this"\n': {""", text, StringComparison.Ordinal);
        Assert.Contains("        class: {", text, StringComparison.Ordinal);
        Assert.Contains("        '__proto__': {", text, StringComparison.Ordinal);
        Assert.Contains("      'a`b$c': number;", text, StringComparison.Ordinal);
        Assert.Contains("""keys: ['do it']""", text, StringComparison.Ordinal);
    }

    [Fact]
    public void Topic_families_are_template_literals_whose_types_include_those_of_matching_topics()
    {
        var text = Generate(c => c.WithTopic<string, int>("room:{id}:`$x").WithTopic<string>("room:1:`$x").WithTopic<bool>("other").WithTopic<string, object>("{any}"));

        Assert.Contains(@"[topic: `room:${string}:\`\$x`]: number | string;", text, StringComparison.Ordinal);
        Assert.Contains("'room:1:`$x': string;", text, StringComparison.Ordinal);
        Assert.Contains("[topic: string]: unknown;", text, StringComparison.Ordinal);
    }

    [Fact]
    public void Documentation_of_the_application_cannot_end_its_comment()
    {
        var text = Generate(c => c.MapAction("a", FunctionDescriptor.FromDelegate("f", () => 1) with { Title = "Ends */ here", Description = "One.\r\nTwo." }));

        Assert.Contains("""
                    /**
                     * Ends *\/ here
                     * One.
                     * Two.
                     */
            """.ReplaceLineEndings("\n"), text, StringComparison.Ordinal);
    }

    [Fact]
    public void Numeric_enumerations_export_their_names()
    {
        var text = Generate(c => c.MapAction("a", (Box<Colour> box) => 1));

        Assert.Contains("""
            export const Colour = {
              Red: 1,
              Blue: 2,
            } as const;
            export type Colour = (typeof Colour)[keyof typeof Colour];
            """.ReplaceLineEndings("\n"), text, StringComparison.Ordinal);
        Assert.Contains("export interface BoxOfColour {\n  value: Colour;\n}", text, StringComparison.Ordinal);
    }

    private static string Generate(Action<ChannelBuilder> wire) =>
        TypeScriptClient.Generate(ContractOf.Wiring(app => app.WireChannel("test", channel => wire(channel.AllowAnonymous()))));

    private enum Colour
    {
        Red = 1,
        Blue = 2,
    }

    private sealed record Box<T>(T Value);
}
