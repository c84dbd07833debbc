using System.ComponentModel.DataAnnotations;
using System.Globalization;
using System.Reflection;
using System.Text.Json;
using Microsoft.Extensions.Primitives;
using Pikku.Akka.Clients.CSharp;
using Pikku.Akka.Functions.Input;
using Pikku.Akka.Tests.Clients.CSharp;
using Pikku.Akka.Tests.Contracts;
using Pikku.Akka.Tests.Functions.Input;
using Xunit;

namespace Pikku.Akka.Tests.Values;

/// <summary>The wire format does not depend on the culture of a server or a client.</summary>
[Trait("Rule", "F3")]
public sealed class CultureSpec
{
    // The cultures of the system may be missing where tests run, so the culture is created here.
    private static readonly CultureInfo Elsewhere = MakeCulture();

    [Fact]
    public async Task Input_and_validation_messages_do_not_depend_on_the_culture()
    {
        using var _ = new In(Elsewhere);
        Assert.Equal(new Measured(-1.5, -2, 0.75m), await Reading.Read<Measured>("""{"value":-1.5,"small":-2,"share":0.75}"""));
        Assert.Equal(
            "share: The field share must be between 0.5 and 1.5.", await Reading.Problems<Measured>("""{"value":1,"small":1,"share":1.75}"""));
        Assert.Equal("small: must be a whole number from -128 to 127", await Reading.Problems<Measured>("""{"value":1,"small":-129,"share":1}"""));
        Assert.Equal(
            "value: must be a number from -1.7976931348623157E+308 to 1.7976931348623157E+308",
            await Reading.Problems<Measured>("""{"value":-1e400,"small":1,"share":1}"""));
        Assert.Equal(Elsewhere, CultureInfo.CurrentCulture);
    }

    [Fact]
    public async Task Opening_data_do_not_depend_on_the_culture()
    {
        using var _ = new In(Elsewhere);
        var values = new Dictionary<string, StringValues> { ["value"] = "-1.5", ["small"] = "-2", ["share"] = "0.75" };
        var bound = await new OpeningDataBinder(Reading.Options).BindAsync(typeof(Measured), [], values, Reading.Services, default);
        Assert.Equal(new Measured(-1.5, -2, 0.75m), bound);
    }

    [Fact]
    public void A_generated_client_does_not_depend_on_the_culture()
    {
        using var _ = new In(Elsewhere);
        var client = GeneratedAssembly.Load(CSharpClient.Generate(
            ContractOf.Wiring(app => app.WireChannel("c", channel => channel.Route<Measured>("/c/{value}").MapAction("x", (Int128 value) => value))), "Elsewhere"));
        var options = GeneratedAssembly.OptionsOf(client, "Elsewhere");
        Assert.Equal("-12", JsonSerializer.Serialize(new System.Numerics.BigInteger(-12), options));
        Assert.Equal(new System.Numerics.BigInteger(-12), JsonSerializer.Deserialize<System.Numerics.BigInteger>("-12", options));

        var address = client.GetType("Elsewhere.PikkuAddress")!.GetMethod("Of", BindingFlags.Public | BindingFlags.Static)!;
        Assert.Equal(
            "ws://example.com/c/-1.5?small=-2&share=0.75",
            address.Invoke(null, [new Uri("http://example.com"), "c", "/c/{value}", JsonSerializer.SerializeToElement(new { value = -1.5, small = -2, share = 0.75 })])!.ToString());
    }

    private static CultureInfo MakeCulture()
    {
        var culture = (CultureInfo)CultureInfo.InvariantCulture.Clone();
        culture.NumberFormat.NumberDecimalSeparator = ",";
        culture.NumberFormat.NumberGroupSeparator = ".";
        culture.NumberFormat.NegativeSign = "\u2212";
        culture.NumberFormat.PositiveSign = "plus";
        culture.DateTimeFormat.DateSeparator = ".";
        culture.DateTimeFormat.TimeSeparator = "-";
        return CultureInfo.ReadOnly(culture);
    }

    public sealed record Measured(double Value, sbyte Small, [property: Range(typeof(decimal), "0.5", "1.5")] decimal Share);

    private sealed class In : IDisposable
    {
        private readonly CultureInfo _before = CultureInfo.CurrentCulture;

        public In(CultureInfo culture) => CultureInfo.CurrentCulture = culture;

        public void Dispose() => CultureInfo.CurrentCulture = _before;
    }
}
