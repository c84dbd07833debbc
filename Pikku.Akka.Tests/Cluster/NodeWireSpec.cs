using Pikku.Akka.Cluster;
using Pikku.Akka.EventHub;
using Xunit;

namespace Pikku.Akka.Tests.Cluster;

/// <summary>The table of the messages between nodes, its documentation and the written bytes have the same members.</summary>
public sealed class NodeWireSpec
{
    private static readonly string[] s_page = File.ReadAllLines(Repository.PathOf("docs", "node-wire.md"));

    public static TheoryData<string> Examples => new(WireExamples.All.Keys);

    [Fact]
    public void The_page_shows_the_table()
    {
        var table = NodeWire.Kinds.Select(kind => $"| {kind.Code} | `{kind.Name}` | {string.Join(", ", kind.Members.Select(member => $"`{member}`"))} |").ToArray();
        var shown = s_page.Where(line => line.StartsWith("| ", StringComparison.Ordinal) && line.Contains("| `", StringComparison.Ordinal) && char.IsDigit(line[2]))
            .Where(line => line.Split('|').Length == 5).ToArray();
        Assert.Equal(table, shown);
    }

    [Fact]
    public void The_page_shows_the_version_and_the_codes()
    {
        Assert.Contains(s_page, line => line.Contains($"version {WireVersion.Current}", StringComparison.Ordinal));
        Assert.All(WireCodes.Errors, error => Assert.Contains($"| `{error.Key}` | {error.Value} |", s_page));
        Assert.All(WireCodes.CallErrors, error => Assert.Contains($"| `{error.Key}` | {error.Value} |", s_page));
        Assert.All(Enum.GetValues<HubAudience>(), audience => Assert.Contains($"| `{audience}` | {WireCodes.Of(audience)} |", s_page));
    }

    [Fact]
    public void No_code_names_two_things()
    {
        Assert.Equal(NodeWire.Kinds.Select(kind => kind.Code).Distinct(), NodeWire.Kinds.Select(kind => kind.Code));
        Assert.Equal(WireCodes.Errors.Values.Distinct(), WireCodes.Errors.Values);
        Assert.Equal(Enum.GetValues<EventHubErrorReason>().Order(), WireCodes.Errors.Keys.Order());
        Assert.DoesNotContain((byte)0, WireCodes.Errors.Values);
        Assert.Equal(WireCodes.CallErrors.Values.Distinct(), WireCodes.CallErrors.Values);
        Assert.Equal(Enum.GetValues<ClientCallErrorReason>().Order(), WireCodes.CallErrors.Keys.Order());
        Assert.All(WireCodes.CallErrors.Values, code => Assert.True(code > WireCodes.Pending));
    }

    [Fact]
    public void Every_code_is_read_as_what_it_was_written_for()
    {
        Assert.All(Enum.GetValues<EventHubErrorReason>(), error => Assert.Equal(error, WireCodes.ErrorOf(WireCodes.Of(error))));
        Assert.All(Enum.GetValues<HubAudience>(), audience => Assert.Equal(audience, WireCodes.AudienceOf(WireCodes.Of(audience))));
        Assert.Null(WireCodes.ErrorOf(WireCodes.Of((EventHubErrorReason?)null)));
        Assert.All(WireCodes.CallErrors, error => Assert.Equal(error.Key, WireCodes.CallErrorOf(error.Value)));
        Assert.Equal(ClientCallErrorReason.Remote, WireCodes.CallErrorOf(200)); // of a later version
        Assert.Equal(EventHubErrorReason.Unavailable, WireCodes.ErrorOf(200)); // of a later version
        Assert.Throws<InvalidDataException>(() => WireCodes.AudienceOf(3));
    }

    [Theory]
    [MemberData(nameof(Examples))]
    public void The_members_of_the_table_are_those_that_are_written(string example)
    {
        var members = WireHeader.Read(WireExamples.Write(WireExamples.All[example]), out var code);
        var input = new WireReader(members);
        foreach (var member in NodeWire.Kinds.Single(kind => kind.Code == code).Members)
            Skip(ref input, member.Split(' ')[1]);
        Assert.True(input.IsAtEnd);
    }

    [Theory]
    [MemberData(nameof(Examples))]
    public void What_a_later_version_appends_is_skipped(string example)
    {
        var message = WireExamples.All[example];
        var later = NextNodeSerializer.Ahead(WireExamples.Write(message));
        Assert.Equal(WireExamples.Show(message), WireExamples.Show(NodeWire.Read(later)));
    }

    [Theory]
    [MemberData(nameof(Examples))]
    public void A_message_that_is_cut_off_is_refused_wherever_it_is_cut(string example)
    {
        var bytes = WireExamples.Write(WireExamples.All[example]);
        for (var length = 0; length < bytes.Length; length++)
            Assert.IsType<InvalidDataException>(Record.Exception(() => NodeWire.Read(bytes[..length])));
    }

    private static void SkipTopic(ref WireReader input)
    {
        (_, _) = (input.Text(), input.Int64());
        for (var left = input.Number() * 5; left > 0; left--)
            input.Int64();
        for (var left = input.Number(); left > 0; left--)
        {
            (_, _) = (input.Int64(), input.Int64());
            input.Part();
        }

        for (var left = input.Number(); left > 0; left--)
        {
            (_, _, _, _) = (input.Text(), input.Int64(), input.Int64(), input.Byte());
            (_, _, _, _) = (input.Int64(), input.Int64(), input.Byte(), input.Int64());
            if (input.Bool())
                input.Bytes();
            if (input.Bool())
                input.Int32();
        }
    }

    private static void Skip(ref WireReader input, string type)
    {
        switch (type)
        {
            case "u8": input.Byte(); break;
            case "bool": input.Bool(); break;
            case "u16": input.UInt16(); break;
            case "i32": input.Int32(); break;
            case "i64": input.Int64(); break;
            case "number": input.Number(); break;
            case "text": input.Text(); break;
            case "text?": input.OptionalText(); break;
            case "text*": input.Texts(); break;
            case "bytes": input.Bytes(); break;
            case "event": input.Part(); break;
            case "event*":
                while (!input.IsAtEnd)
                    input.Part();
                break;
            case "i32*":
                for (var left = input.Number(); left > 0; left--)
                    input.Int32();
                break;
            case "digest":
                for (var left = input.Number(); left > 0; left--)
                    (_, _) = (input.Int32(), input.Int64());
                break;
            case "topic*":
                for (var left = input.Number(); left > 0; left--)
                    SkipTopic(ref input);
                break;
            case "token?":
            case "fence?":
                if (input.Bool())
                {
                    input.Int64();
                    input.Int64();
                }

                break;
            case "trace?":
                if (input.Bool())
                    input.Trace();
                break;
            default: throw new InvalidDataException($"docs/node-wire.md knows no type {type}.");
        }
    }
}
