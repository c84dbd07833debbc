using System.Text;
using Pikku.Akka.Protocol;
using Xunit;

namespace Pikku.Akka.Tests.Protocol;

/// <summary>Reads what was encoded.</summary>
internal static class Messages
{
    /// <summary>The payload of a text message, which is given back to the pool.</summary>
    public static string Text(this EncodedMessage message)
    {
        Assert.Equal(MessageKind.Text, message.Kind);
        var text = new UTF8Encoding(false, true).GetString(message.Span);
        message.Return();
        return text;
    }
}
