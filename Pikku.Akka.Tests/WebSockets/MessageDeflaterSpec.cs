using System.Text;
using Pikku.Akka.EventHub;
using Pikku.Akka.Protocol;
using Pikku.Akka.Settings;
using Pikku.Akka.WebSockets;
using Xunit;

namespace Pikku.Akka.Tests.WebSockets;

public sealed class MessageDeflaterSpec
{
    private static readonly CompressionSettings s_settings = new() { Enabled = true, MinSize = 1024, Effort = CompressionEffort.Balanced };
    private static readonly byte[] s_text = Encoding.UTF8.GetBytes(string.Concat(Enumerable.Range(0, 500).Select(i => $"number {i}, ")));

    private readonly MessageDeflater _deflater = new(s_settings, DeflateOffer.LargestWindow);

    [Fact]
    public void A_shared_message_is_compressed_once_however_many_connections_write_it_at_the_same_time()
    {
        var message = EncodedMessage.Copy(MessageKind.Text, s_text);
        var forms = new EncodedMessage[8];
        using var start = new Barrier(forms.Length);

        Parallel.For(0, forms.Length, new ParallelOptions { MaxDegreeOfParallelism = forms.Length }, i =>
        {
            start.SignalAndWait(Eventually.Patience);
            forms[i] = Deflate(message);
        });

        Assert.All(forms, form => Assert.Same(forms[0].Array, form.Array));
        Assert.Equal(s_text, Inflated(forms[0]));
        Assert.Equal(0xC1, FrameEncoder.WriteIntoHeadroom(forms[0]).Span[0]);
        Assert.False(forms[0].Pooled);
        Assert.Equal(s_text, message.Span.ToArray());
    }

    [Fact]
    public void A_message_of_one_connection_is_compressed_into_a_buffer_of_its_own()
    {
        using var writer = PayloadWriter.Rent();
        writer.Write(s_text);

        var form = Deflate(writer.ToMessage(MessageKind.Text));

        Assert.Equal((true, true, true), (form.Pooled, form.HasHeadroom, form.IsCompressed));
        Assert.Equal(s_text, Inflated(form));
        form.Return();
    }

    [Fact]
    public void A_kept_event_does_not_hold_its_compressed_form_and_is_replayed_without_compression()
    {
        var hubEvent = new HubEvent("news", s_text, EncodedMessage.Copy(MessageKind.Text, s_text));
        var delivered = hubEvent.Message;

        hubEvent.EndDelivery();

        Assert.True(Deflate(delivered).IsCompressed);
        Assert.Null(hubEvent.Message.Form);
        Assert.False(Deflate(hubEvent.Message).IsCompressed);
    }

    [Fact]
    public void Bytes_control_messages_and_short_texts_are_not_compressed()
    {
        foreach (var (kind, length) in new[] { (MessageKind.Binary, 5000), (MessageKind.Close, 1100), (MessageKind.Text, 1023) })
            Assert.False(Deflate(EncodedMessage.Copy(kind, s_text.AsSpan(0, length))).IsCompressed);
    }

    [Fact]
    public void A_message_that_does_not_get_shorter_is_sent_as_it_is()
    {
        var noise = new byte[5000];
        new Random(1).NextBytes(noise);
        var shared = EncodedMessage.Copy(MessageKind.Text, noise);
        using var writer = PayloadWriter.Rent();
        writer.Write(noise);
        var own = writer.ToMessage(MessageKind.Text);

        Assert.Equal(shared, Deflate(shared));
        Assert.Equal(own, Deflate(own));
        own.Return();
    }

    [Theory]
    [InlineData(8, 0)]
    [InlineData(11, 2048)]
    [InlineData(15, 5000)]
    public void A_message_that_exceeds_the_window_of_the_client_is_not_compressed(int windowBits, int longest)
    {
        var deflater = new MessageDeflater(s_settings, windowBits);
        foreach (var length in new[] { 1024, 2048, 2049, 5000 })
        {
            EncodedMessage[] messages = [EncodedMessage.Copy(MessageKind.Text, s_text.AsSpan(0, length))];
            deflater.Deflate(messages);
            Assert.Equal(length <= longest, messages[0].IsCompressed);
        }
    }

    private EncodedMessage Deflate(EncodedMessage message)
    {
        EncodedMessage[] messages = [message];
        _deflater.Deflate(messages);
        return messages[0];
    }

    private static byte[] Inflated(in EncodedMessage message)
    {
        Assert.True(message.IsCompressed);
        Assert.Null(MessageInflater.Inflate(message.Memory, 100_000, out var inflated, out var length));
        return inflated![..length];
    }
}
