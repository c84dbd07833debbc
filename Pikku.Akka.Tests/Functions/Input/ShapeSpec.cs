using System.Text.Json;
using System.Text.Json.Nodes;
using Pikku.Akka.Functions.Input;
using Xunit;
using static Pikku.Akka.Tests.Functions.Input.Inputs;
using static Pikku.Akka.Tests.Functions.Input.Reading;

namespace Pikku.Akka.Tests.Functions.Input;

[Trait("Rule", "B3")]
public class ShapeSpec
{
    [Fact]
    public void Knows_whether_the_input_declares_data()
    {
        Assert.True(new InputReader<HasData>(Options).DeclaresData);
        Assert.False(new InputReader<Plain>(Options).DeclaresData);
        Assert.False(new InputReader<Dictionary<string, int>>(Options).DeclaresData);
        Assert.False(new InputReader<NoData>(Options).DeclaresData);
        Assert.True(new InputReader<HasData>(With(o => o.PropertyNamingPolicy = JsonNamingPolicy.KebabCaseUpper)).DeclaresData);
        var asWritten = With(o => (o.PropertyNamingPolicy, o.PropertyNameCaseInsensitive) = (null, false));
        Assert.False(new InputReader<HasData>(asWritten).DeclaresData);
    }

    [Fact]
    [Trait("Rule", "B2")]
    public void Knows_whether_the_input_would_process_the_routing_key()
    {
        Assert.True(new InputReader<JsonElement>(Options).NeedsExcision("action"));
        Assert.True(new InputReader<JsonNode>(Options).NeedsExcision("action"));
        Assert.True(new InputReader<object>(Options).NeedsExcision("action"));
        Assert.True(new InputReader<Dictionary<string, int>>(Options).NeedsExcision("action"));
        Assert.True(new InputReader<Open>(Options).NeedsExcision("action"));
        Assert.True(new InputReader<Closed>(Options).NeedsExcision("action"));
        Assert.True(new InputReader<Money>(Options).NeedsExcision("action"));
        Assert.True(new InputReader<HasAction>(Options).NeedsExcision("action"));
        Assert.True(new InputReader<Shape>(Options).NeedsExcision("radius"));
        Assert.False(new InputReader<HasAction>(Options).NeedsExcision("type"));
        Assert.False(new InputReader<Plain>(Options).NeedsExcision("action"));
        Assert.False(new InputReader<string>(Options).NeedsExcision("action"));
        Assert.False(new InputReader<NoData>(Options).NeedsExcision("action"));
    }
}
