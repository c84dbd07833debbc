using Pikku.Akka.Channels;
using Xunit;

namespace Pikku.Akka.Tests.Connections;

/// <summary>Looks at what a connection still owes its receive loop.</summary>
internal static class CreditBook
{
    /// <summary>A window small enough to be counted out. An inbox of a <see cref="LiveNode"/> takes more all the same: a test does not ask it.</summary>
    public const string Countable = "pikku.connection { inbox-messages = 2, inbox-size = 1MiB }";

    private const int Size = 1 << 20;

    /// <summary>Everything has been given back, and given back once: another message has room beside it, and two have not.</summary>
    public static void AssertBalanced(this InboxCredit credit)
    {
        credit.TakeCredit(Size - 1);
        Assert.True(credit.MayRead, "Messages or bytes were not given back.");
        credit.TakeCredit(1);
        Assert.False(credit.MayRead, "Messages were given back twice.");
        credit.ReturnCredit(0);
        Assert.False(credit.MayRead, "Bytes were given back twice.");
        credit.ReturnCredit(Size);
    }
}
