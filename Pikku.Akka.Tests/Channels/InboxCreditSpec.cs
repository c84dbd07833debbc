using Pikku.Akka.Channels;
using Pikku.Akka.Settings;
using Pikku.Akka.Tests.Support;
using Xunit;

namespace Pikku.Akka.Tests.Channels;

public sealed class InboxCreditSpec
{
    private readonly InboxCredit _credit = new(SettingsLoader.Read(SettingsLoader.Load(
        null, ["pikku.connection { inbox-messages = 3, inbox-messages-during-call = 5, inbox-size = 100B, max-message-size = 80B }"])).Connection);

    [Fact]
    public void Has_room_until_the_maximum_number_of_messages_wait()
    {
        Take(2);
        Assert.True(_credit.MayRead);
        Assert.True(_credit.WaitForRoomAsync().IsCompleted);

        Take(1);

        Assert.False(_credit.MayRead);
        Assert.False(_credit.WaitForRoomAsync().IsCompleted);
    }

    [Fact]
    public async Task Releases_the_waiting_reader_when_a_message_completes()
    {
        Take(3);
        var waiting = _credit.WaitForRoomAsync();

        _credit.ReturnCredit(1);

        await waiting.Soon();
        Assert.True(_credit.MayRead);
    }

    [Fact]
    public void Counts_bytes_too()
    {
        _credit.TakeCredit(100);
        Assert.False(_credit.MayRead);

        _credit.ReturnCredit(100);

        Assert.True(_credit.MayRead);
    }

    [Fact]
    public async Task Is_wider_while_an_answer_is_awaited()
    {
        Take(3);
        var waiting = _credit.WaitForRoomAsync();

        _credit.SetAnswerAwaited(true);
        await waiting.Soon();
        Take(1);
        Assert.True(_credit.MayRead);
        Take(1);
        Assert.False(_credit.MayRead);

        _credit.ReturnCredit(1);
        _credit.SetAnswerAwaited(false);
        Assert.False(_credit.MayRead);
    }

    [Fact]
    public async Task Loses_no_wake_up_between_two_threads()
    {
        const int messages = 5_000;
        var returned = 0;
        using var taken = new System.Collections.Concurrent.BlockingCollection<int>();
        var actor = Task.Run(() =>
        {
            foreach (var bytes in taken.GetConsumingEnumerable())
            {
                _credit.ReturnCredit(bytes);
                returned++;
            }
        });

        var reader = Task.Run(async () =>
        {
            for (var i = 0; i < messages; i++)
            {
                await _credit.WaitForRoomAsync();
                _credit.TakeCredit(1);
                taken.Add(1);
            }

            taken.CompleteAdding();
        });

        await Task.WhenAll(reader, actor).Soon();
        Assert.Equal(messages, returned);
        Assert.True(_credit.MayRead);
    }

    private void Take(int messages)
    {
        for (var i = 0; i < messages; i++)
            _credit.TakeCredit(1);
    }
}
