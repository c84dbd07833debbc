using Pikku.Akka.Channels;
using Xunit;

namespace Pikku.Akka.Tests.Connections;

/// <summary>Checks the credit that a connection holds.</summary>
internal static class CreditBook
{
    /// <summary>A limit small enough for tests to use up. The inbox of a <see cref="LiveNode"/> accepts more messages all the same, because tests send without asking for credit.</summary>
    public const string Countable = "pikku.connection { inbox-messages = 2, inbox-size = 1MiB }";

    private const int Size = 1 << 20;

    /// <summary>Asserts that all credit was returned exactly once: there is room for one more message, and not for two.</summary>
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
