using System.Text;
using Pikku.Akka.Protocol;
using Xunit;

namespace Pikku.Akka.Tests.Protocol;

public class JsonTextTests
{
    [Theory]
    [InlineData("", "")]
    [InlineData("plain", "plain")]
    [InlineData("""\"\\\/\b\f\n\r\t""", "\"\\/\b\f\n\r\t")]
    [InlineData("""a\u0041\u00e9\u20AC""", "aAé€")]
    [InlineData("""\ud83d\ude00!""", "😀!")]
    [InlineData("""\ud83dx""", "\uFFFDx")]
    [InlineData("""\ud83d""", "\uFFFD")]
    [InlineData("""\ud83d\u0041""", "\uFFFDA")]
    [InlineData("""\ude00\ud83d\ude00""", "\uFFFD😀")]
    public void Escapes_are_resolved(string inside, string text) => Assert.Equal(text, JsonText.ToString(Encoding.UTF8.GetBytes(inside)));

    [Fact]
    public void Long_texts_are_resolved()
    {
        var inside = Encoding.UTF8.GetBytes(string.Concat(Enumerable.Repeat("""\u00e9""", 1000)));

        Assert.Equal(new string('é', 1000), JsonText.ToString(inside));
        Assert.True(JsonText.Equals(inside, escaped: true, Encoding.UTF8.GetBytes(new string('é', 1000))));
    }

    [Fact]
    public void A_lone_surrogate_equals_nothing() => Assert.False(JsonText.Equals("""\ud83d"""u8, escaped: true, "\uFFFD"u8));
}
