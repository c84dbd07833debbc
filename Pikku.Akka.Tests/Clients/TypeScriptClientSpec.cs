using System.Text.RegularExpressions;
using Pikku.Akka.Clients.TypeScript;
using Pikku.Akka.Tests.Contracts;
using Pikku.Akka.Tests.Support;
using Xunit;

namespace Pikku.Akka.Tests.Clients;

/// <summary>The output of the TypeScript generator. The tests in the folder <c>typescript</c> show that it compiles and works.</summary>
[Trait("Rule", "M1")]
public sealed partial class TypeScriptClientSpec
{
    [Fact]
    public void Writes_the_client_of_the_sample() =>
        Snapshot.Is(TypeScriptClient.Generate(ContractOf.Conformance()), "Clients", "typescript", "conformance.ts");

    [Fact]
    public void Writes_the_client_of_the_page() =>
        Snapshot.Is(TypeScriptClient.Generate(ContractOf.Host()), "..", "Pikku.Akka.Host", "Client", "client.ts");

    [Fact]
    public void Writes_the_client_of_the_sample_for_the_package() =>
        Snapshot.Is(TypeScriptClient.GenerateForPackage(ContractOf.Conformance()), "..", "extensions", "typescript", "examples", "board", "client.ts");

    [Fact]
    public void A_client_for_the_package_has_the_same_types_and_no_runtime()
    {
        var (inline, package) = (TypeScriptClient.Generate(ContractOf.Conformance()), TypeScriptClient.GenerateForPackage(ContractOf.Conformance()));

        var types = package[package.IndexOf("/** Bytes as base64", StringComparison.Ordinal)..(package.IndexOf("PikkuTables<Channels>;\n", StringComparison.Ordinal) + 1)];
        Assert.Contains(types, inline, StringComparison.Ordinal);
        Assert.Equal(["PikkuWebSocket"], Class().Matches(package).Select(one => one.Groups["name"].Value));
        Assert.Contains("\"client typescript --runtime package\".", package, StringComparison.Ordinal);
    }

    [Fact]
    public void A_client_for_the_package_binds_every_type_of_the_runtime_that_depends_on_the_channels()
    {
        var runtime = Generic().Matches(TypeScriptClient.Generate(ContractOf.Conformance())).Select(one => one.Groups["name"].Value);

        var bound = Bound().Matches(TypeScriptClient.GenerateForPackage(ContractOf.Conformance())).Select(one => one.Groups["name"].Value);
        Assert.Equal(runtime.Order(StringComparer.Ordinal), bound.Order(StringComparer.Ordinal));
    }

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
    [Trait("Rule", "O1")]
    public void Topics_that_clients_subscribe_to_have_an_event_and_a_key_with_all_placeholders()
    {
        var text = Generate(c =>
        {
            c.AddTopic(new Topic<int>("plain")).AllowSubscribe();
            c.AddTopic(new Topic<FileKey, string>("{tenant}/files:{id}")).AllowSubscribe();
            c.AddTopic(new Topic<Guid, bool>("user:{userId}")).AllowSubscribe();
            c.AddTopic(new Topic<long, int>("sent:{id}"));
        });

        Assert.Contains(
            """
                topics: {
                  [topic: `sent:${string}`]: number;
                };
                subscriptions: {
                  plain: { key: void; event: number };
                  '{tenant}/files:{id}': { key: { tenant: string; id: number }; event: string };
                  'user:{userId}': { key: { userId: Guid }; event: boolean };
                };
            """.ReplaceLineEndings("\n"), text, StringComparison.Ordinal);
        Assert.Contains("keys: [], subscriptions: ['plain', '{tenant}/files:{id}', 'user:{userId}'] },", text, StringComparison.Ordinal);
    }

    [Fact]
    [Trait("Rule", "P9")]
    public void Topics_with_a_snapshot_have_its_type_and_topics_with_history_say_so()
    {
        var text = Generate(c =>
        {
            c.AddTopic(new Topic<int>("plain")).AllowSubscribe().WithHistory(10);
            c.AddTopic(new Topic<int, string>("board:{id}")).AllowSubscribe().WithHistory(1000, TimeSpan.FromHours(1)).WithSnapshot((int id) => Task.FromResult<int?>(id));
        });

        Assert.Contains(
            """
                  /** Keeps the last 10 events. */
                  plain: { key: void; event: number };
                  /** Keeps the last 1000 events, for at most 3600 s. */
                  'board:{id}': { key: { id: number }; event: string; snapshot: number | null };
            """.ReplaceLineEndings("\n"), text, StringComparison.Ordinal);
    }

    [Fact]
    [Trait("Rule", "P10")]
    public void Presence_topics_have_the_entries_of_their_info()
    {
        var text = Generate(c =>
        {
            c.AddPresence(new PresenceTopic<string>("viewers")).AllowSubscribe();
            c.AddPresence(new PresenceTopic<int, string>("hidden:{id}"));
        });

        Assert.Contains(
            "viewers: { key: void; event: PikkuPresenceChange<string>; snapshot: PikkuPresenceEntry<string>[]; presence: string };", text, StringComparison.Ordinal);
        Assert.Contains("[topic: `hidden:${string}`]: PikkuPresenceChange<string>;", text, StringComparison.Ordinal);
    }

    [Fact]
    [Trait("Rule", "P11")]
    public void State_topics_have_the_values_of_their_keys()
    {
        var text = Generate(c =>
        {
            c.AddState(new StateTopic<int, Box<int>>("cursors:{id}")).AllowSubscribe();
            c.AddState(new StateTopic<bool>("hidden"));
        });

        Assert.Contains(
            "'cursors:{id}': { key: { id: number }; event: PikkuEntryChange<BoxOfInt32>; snapshot: { [key: string]: BoxOfInt32 }; state: BoxOfInt32 };", text, StringComparison.Ordinal);
        Assert.Contains("hidden: PikkuEntryChange<boolean>;", text, StringComparison.Ordinal);
    }

    [Fact]
    [Trait("Rule", "R1")]
    public void Actions_that_return_streams_have_items()
    {
        var text = Generate(c =>
        {
            c.MapAction("count", (Box<int> to) => Enumerable.Range(1, to.Value).ToAsyncEnumerable());
            c.MapAction("one", () => 1);
        });

        Assert.Contains("count: { input: BoxOfInt32; item: number };", text, StringComparison.Ordinal);
        Assert.Contains("one: { input: void; output: number };", text, StringComparison.Ordinal);
    }

    [Fact]
    [Trait("Rule", "U2")]
    public void Simple_parameters_of_a_function_are_properties_of_its_input()
    {
        var text = Generate(c =>
        {
            c.MapAction("some", ([System.ComponentModel.DataAnnotations.Range(1, 9)] int id, string? note, Colour colour = Colour.Red, params string[] @class) => id);
            c.MapAction("all", (int from = 1, bool? deep = null) => from);
        });

        Assert.Contains(
            """
                    some: { input: {
                      id: number;
                      note?: string | null;
                      /** @default 1 */
                      colour?: Colour;
                      class: string[];
                    }; output: number };
                    all: { input: {
                      /** @default 1 */
                      from?: number;
                      deep?: boolean | null;
                    } | void; output: number };
            """.ReplaceLineEndings("\n"), text, StringComparison.Ordinal);
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

    [GeneratedRegex(@"^export class (?<name>\w+)", RegexOptions.Multiline)]
    private static partial Regex Class();

    // Everything that the runtime exports and that has the parameter S with the default Channels.
    [GeneratedRegex(@"^(export (class|interface|type)|class) (?<name>\w+)<[^\n]*= Channels>", RegexOptions.Multiline)]
    private static partial Regex Generic();

    [GeneratedRegex(@"^export (class|type) (?<name>\w+)[^\n]*\bpikku\.\k<name><[^\n]*Channels>", RegexOptions.Multiline)]
    private static partial Regex Bound();

    private enum Colour
    {
        Red = 1,
        Blue = 2,
    }

    private sealed record Box<T>(T Value);

    private sealed record FileKey(string Tenant, int Id = 1);
}
