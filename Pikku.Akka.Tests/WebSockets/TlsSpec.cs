using System.Net;
using System.Net.WebSockets;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Xunit;

namespace Pikku.Akka.Tests.WebSockets;

/// <summary>The same behavior over TLS, where the pipes of the connection belong to the encryption and not to the socket.</summary>
public sealed class TlsSpec
{
    private static readonly X509Certificate2 s_certificate = NewCertificate();

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Serves_messages_of_all_sizes_alone_and_together(bool compresses)
    {
        await using var lab = await Start("pikku { connection.max-message-size = 1 MiB, compression.enabled = on }");
        using var client = await Connect(lab, compresses);

        foreach (var size in (int[])[1, 200, 20_000, 300_000])
            Assert.Equal(Echoed(Text(size)), await client.Ask(Sent(Text(size))));

        var texts = Enumerable.Range(0, 60).Select(i => Text(i * 31)).ToArray();
        var sending = Task.Run(async () =>
        {
            foreach (var text in texts)
                await client.Send(Sent(text));
        });
        foreach (var text in texts)
            Assert.Equal(Echoed(text), await client.Receive());
        await sending;
        await client.Close();

        Assert.Equal(WebSocketCloseStatus.NormalClosure, client.CloseCode);
        await lab.Holds(0);
    }

    [Fact]
    public async Task Leaves_nothing_behind_of_connections_that_either_side_aborts()
    {
        await using var lab = await Start();
        using var first = await Connect(lab);
        Assert.Equal(Echoed("1"), await first.Ask(Sent("1")));
        lab.Directory.All.Single().Abort();
        await Assert.ThrowsAnyAsync<Exception>(first.Receive);
        await lab.Holds(0);

        var second = await Connect(lab);
        Assert.Equal(Echoed("2"), await second.Ask(Sent("2")));
        second.Dispose();

        await lab.Holds(0);
    }

    private static string Text(int length) => string.Concat(Enumerable.Range(0, length).Select(i => (char)('a' + i * 7 % 26)));

    private static string Sent(string text) => $$"""{"action":"echo","text":"{{text}}"}""";

    private static string Echoed(string text) => $$"""{"text":"{{text}}","action":"echo"}""";

    private static Task<Lab> Start(string hocon = "") => Lab.Start(new LabOptions
    {
        Hocon = hocon,
        Builder = b => b.WebHost.ConfigureKestrel(k => k.Listen(IPAddress.Loopback, 0, listen =>
        {
            listen.Protocols = HttpProtocols.Http1;
            listen.UseHttps(s_certificate);
        })),
    });

    private static Task<TextClient> Connect(Lab lab, bool compresses = false) => TextClient.Connect(
        new UriBuilder(lab.Ws()) { Scheme = "wss" }.Uri,
        options =>
        {
            options.RemoteCertificateValidationCallback = (_, presented, _, _) => presented?.GetCertHashString() == s_certificate.GetCertHashString();
            if (compresses)
                options.DangerousDeflateOptions = new WebSocketDeflateOptions();
        });

    private static X509Certificate2 NewCertificate()
    {
        using var key = RSA.Create(2048);
        var request = new CertificateRequest("CN=localhost", key, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1);
        return request.CreateSelfSigned(DateTimeOffset.UtcNow.AddDays(-1), DateTimeOffset.UtcNow.AddDays(1));
    }
}
