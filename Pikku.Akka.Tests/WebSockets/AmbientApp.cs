using System.ComponentModel.DataAnnotations;
using System.Text.Json;
using System.Text.Json.Serialization;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using Xunit;

namespace Pikku.Akka.Tests.WebSockets;

/// <summary>
/// An application in which all user code records its ambient context and changes it. Two connections use all of it at the same time, in bursts, many
/// times.
/// </summary>
public sealed class AmbientApp : IAsyncLifetime
{
    private const int Rounds = 60;

    private static readonly Topic<Published> News = new("ambient:news");

    internal static AmbientProbe Probe { get; } = new();

    public async Task InitializeAsync()
    {
        await using (var plain = await Lab.Start(Options(WirePlain)))
            await Task.WhenAll(PlayPlain(plain, "s0"), PlayPlain(plain, "s1"));
        await using (var layered = await Lab.Start(Options(WireLayered)))
            await Task.WhenAll(PlayLayered(layered, "s0"), PlayLayered(layered, "s1"));
    }

    public Task DisposeAsync() => Task.CompletedTask;

    private static LabOptions Options(Action<PikkuBuilder> pikku) => new()
    {
        Hocon = "pikku { connection.sweep-interval = 20ms, limits.messages-per-second = 100000, limits.message-burst = 100000 }",
        Builder = builder =>
        {
            builder.Services.AddHttpContextAccessor();
            builder.Services.AddSingleton<IPikkuSessionStore, Store>();
            builder.Services.AddScoped<Scoped>();
            builder.Services.AddScoped<AsyncScoped>();
        },
        App = app => app.Use((context, next) =>
        {
            AmbientProbe.SetUp(context);
            return next(context);
        }),
        Pikku = pikku,
    };

    private static void WirePlain(PikkuBuilder pikku) =>
        pikku.WireChannel("plain", channel =>
        {
            channel.AllowAnonymous().Route<Who>("/plain").OnConnect(async (Who who, PikkuContext context) =>
            {
                await context.EventHub.SubscribeAsync(News, _ =>
                {
                    Probe.Visit("handler of a topic", who.U);
                    return default;
                });
                await context.EventHub.SubscribeAsync(News, async _ =>
                {
                    await Task.Yield();
                    Probe.Visit("handler of a topic, after an await", who.U);
                });
                Probe.Visit("onConnect", who.U);
            });
            channel.OnDisconnect((Who who) => Probe.Visit("onDisconnect", who.U));
            channel.OnMessage((string text, IPikkuChannel me) =>
            {
                Probe.Visit("default handler", U(me));
                return text;
            });
            channel.OnBinaryMessage((byte[] bytes, IPikkuChannel me) =>
            {
                Probe.Visit("binary handler", U(me));
                return bytes;
            });
            channel.MapAction("sync", (IPikkuChannel me) => Probe.Visit("synchronous function", U(me)));
            channel.MapAction("class", FunctionDescriptor.FromClass<Classy>());
            channel.MapAction("async", async (IPikkuChannel me) =>
            {
                Probe.Look("asynchronous function", U(me));
                await Task.Yield();
                Probe.Visit("function, after an await", U(me));
            });
            channel.MapAction("pending", ValueTask (IPikkuChannel me) =>
            {
                var pending = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
                ThreadPool.UnsafeQueueUserWorkItem(_ => pending.SetResult(), null);
                Probe.Visit("function that returns a task which is not its own", U(me));
                return new ValueTask(pending.Task);
            });
            channel.MapAction("read", (Payload payload, IPikkuChannel me) => Probe.Look("function behind a converter", U(me)));
            channel.MapAction("validate", (Rules rules, IPikkuChannel me) => Probe.Look("function behind rules", U(me)));
            channel.MapAction("permission", (IPikkuChannel me) => Probe.Visit("function behind a permission", U(me))).RequirePermission(Permission("permission"));
            channel.MapAction("reply", (IPikkuChannel me) => new Payload { U = U(me), Place = "getter of a reply" });
            channel.MapAction("send", (IPikkuChannel me) => { me.TrySend(new Payload { U = U(me), Place = "getter of a message that is sent" }); });
            channel.MapAction("publish", async (PikkuContext context) => await context.EventHub.PublishAsync(News, new Published { U = U(context.Channel) }));
            channel.MapAction("scoped", (Scoped scoped, IPikkuChannel me) => scoped.Used(U(me)));
            channel.MapAction("asyncScoped", (AsyncScoped scoped, IPikkuChannel me) => scoped.Used(U(me)));
            channel.MapAction("login", async (PikkuContext context) => await context.SetSessionAsync(new Member(U(context.Channel))));
            channel.MapAction("member", (IPikkuChannel me) => Probe.Visit("function that needs a session", U(me))).RequireSession();
            channel.MapAction("remote", async (IPikkuChannel me) =>
            {
                await me.InvokeAsync(new ClientFunction<string, string>("ping"), null);
                Probe.Visit("function, after the client has answered", U(me));
            });
            channel.MapAction("hang", async (IPikkuChannel me, CancellationToken cancellation) =>
            {
                var (cancelled, closed) = (new TaskCompletionSource(), new TaskCompletionSource());
                cancellation.UnsafeRegister(_ =>
                {
                    Probe.Visit("callback of a cancelled call", U(me));
                    cancelled.SetResult();
                }, null);
                me.Closed.UnsafeRegister(_ =>
                {
                    Probe.Visit("callback of a closed connection", U(me));
                    closed.SetResult();
                }, null);
                me.TrySend("hangs");
                await Task.WhenAll(cancelled.Task, closed.Task);
            });
            channel.MapAction("done", () => { });
        });

    private static void WireLayered(PikkuBuilder pikku) => pikku
        .UseMiddleware(Around("global middleware"))
        .AddMiddleware("tag", Around("middleware of a tag"))
        .RequirePermission(Permission("global permission"))
        .WireChannel("layered", channel =>
        {
            channel.AllowAnonymous()
                .Route<Who>("/layered")
                .WithTags("tag")
                .UseMiddleware(Around("middleware of a channel"))
                .UseChannelMiddleware(async (services, e, next) =>
                {
                    Probe.Visit("channel middleware", U(e.Channel));
                    await next(e);
                })
                .UseChannelMiddleware((services, e, next) =>
                {
                    Probe.Visit("second channel middleware", U(e.Channel));
                    return next(e);
                })
                .OnConnect((Who who) => Probe.Look("onConnect within middleware", who.U));
            channel.OnDisconnect((Who who) => Probe.Look("onDisconnect within middleware", who.U));
            channel.MapAction("call", (IPikkuChannel me) =>
            {
                Probe.Look("function within middleware", U(me));
                return new Payload { U = U(me), Place = "getter of a reply behind channel middleware" };
            }).UseMiddleware(Around("middleware of an action"));
            channel.MapAction("foreign", (IPikkuChannel me) => Probe.Visit("function whose middleware goes on elsewhere", U(me))).UseMiddleware((_, next) =>
            {
                var run = new TaskCompletionSource();
                ThreadPool.UnsafeQueueUserWorkItem(async _ =>
                {
                    await next();
                    run.SetResult();
                }, null);
                return new ValueTask(run.Task);
            });
            channel.MapAction("done", () => { });
        });

    private static PikkuMiddlewareDelegate Around(string place) => async (context, next) =>
    {
        Probe.Look(place, U(context.Channel));
        await next();
        Probe.Visit($"{place}, after the rest", U(context.Channel));
    };

    private static PikkuPermission Permission(string place) => PikkuPermission.Of((PikkuContext context) =>
    {
        Probe.Visit(place, U(context.Channel));
        return true;
    });

    private static string U(IPikkuChannel channel) => channel.GetOpeningData<Who>().U;

    private static async Task PlayPlain(Lab lab, string user)
    {
        string[] actions =
            ["sync", "sync", "sync", "class", "async", "sync", "pending", "permission", "reply", "send", "publish", "scoped", "asyncScoped", "login", "member", "remote", "sync"];
        await using var client = await lab.Raw($"/plain?u={user}");
        for (var round = 0; round < Rounds; round++)
        {
            var frames = new List<byte>();
            frames.AddRange(RawFrame.Bytes(RawFrame.Text, "no JSON"u8));
            frames.AddRange(RawFrame.Bytes(RawFrame.Binary, "bytes"u8));
            foreach (var action in actions)
                frames.AddRange(Text($$"""{"action":"{{action}}"}"""));
            frames.AddRange(Text($$"""{"action":"read","u":"{{user}}","place":"getter of nothing"}"""));
            frames.AddRange(Text($$"""{"action":"validate","u":"{{user}}"}"""));
            frames.AddRange(Text("""{"action":"done"}"""));
            await client.Send([.. frames]);
            await ReadUntil(client, "done");
        }

        await client.SendText("""{"action":"hang"}""");
        await ReadUntil(client, "hangs");
        client.Vanish();
        await Eventually.Holds(() => Probe.Looks("callback of a closed connection") == 2 && Probe.Looks("onDisconnect") == 2, "both connections have ended");
    }

    private static async Task PlayLayered(Lab lab, string user)
    {
        await using var client = await lab.Raw($"/layered?u={user}");
        for (var round = 0; round < Rounds; round++)
        {
            await client.Send([
                .. Text("""{"action":"call"}"""), .. Text("""{"action":"call"}"""), .. Text("""{"action":"foreign"}"""), .. Text("""{"action":"done"}""")]);
            await ReadUntil(client, "done");
        }

        client.Vanish();
        await Eventually.Holds(() => Probe.Looks("onDisconnect within middleware") == 2, "both connections have ended");
    }

    private static byte[] Text(string text) => RawFrame.Bytes(RawFrame.Text, System.Text.Encoding.UTF8.GetBytes(text));

    private static async Task ReadUntil(RawClient client, string text)
    {
        while (true)
        {
            var frame = await client.ReadFrame();
            Assert.NotNull(frame);
            Assert.False(frame.First == RawFrame.Close, $"closed with {frame.AsText}");
            if (frame.First != RawFrame.Text)
                continue;
            Assert.DoesNotContain("error", frame.AsText, StringComparison.Ordinal);
            if (frame.AsText.Contains("pikku-rpc-request", StringComparison.Ordinal))
            {
                var id = JsonDocument.Parse(frame.AsText).RootElement.GetProperty("id").GetString();
                await client.SendText($$"""{"action":"pikku-rpc-response","id":"{{id}}","ok":true}""");
            }
            else if (frame.AsText.Contains(text, StringComparison.Ordinal))
            {
                return;
            }
        }
    }

    public sealed record Who(string U);

    /// <summary>Records the context when it is read and when it is written.</summary>
    public sealed class Payload
    {
        [JsonConverter(typeof(Converter))]
        public string U { get; init; } = "";

        public string Place { get; init; } = "";

        public string Seen
        {
            get
            {
                Probe.Visit(Place, U);
                return "seen";
            }
        }
    }

    /// <summary>Written in the context of the publisher and read in that of the subscriber.</summary>
    public sealed class Published
    {
        public string U { get; init; } = "";

        [JsonConverter(typeof(EventConverter))]
        public string Text
        {
            get
            {
                Probe.Look("getter of an event", U);
                return "text";
            }
            init => _ = value;
        }
    }

    public sealed class EventConverter : JsonConverter<string>
    {
        public override string Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options)
        {
            Probe.Visit("converter of an event", AmbientProbe.Current ?? "no connection");
            return reader.GetString()!;
        }

        public override void Write(Utf8JsonWriter writer, string value, JsonSerializerOptions options) => writer.WriteStringValue(value);
    }

    public sealed class Converter : JsonConverter<string>
    {
        public override string Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options)
        {
            var user = reader.GetString()!;
            Probe.Visit("converter of an input", user);
            return user;
        }

        public override void Write(Utf8JsonWriter writer, string value, JsonSerializerOptions options)
        {
            Probe.Look("converter of an output", value);
            writer.WriteStringValue(value);
        }
    }

    public sealed class Rules : IValidatableObject
    {
        [Checked]
        public string U { get; init; } = "";

        public IEnumerable<ValidationResult> Validate(ValidationContext validationContext)
        {
            Probe.Visit("validation of an object", U, invariant: true);
            return [];
        }
    }

    [AttributeUsage(AttributeTargets.Property)]
    public sealed class CheckedAttribute : ValidationAttribute
    {
        public override bool IsValid(object? value)
        {
            Probe.Look("validation attribute", (string?)value, invariant: true);
            return true;
        }
    }

    public sealed class Scoped : IDisposable
    {
        private string? _user;

        public Scoped() => Probe.Look("constructor of a service", AmbientProbe.Current ?? "no connection");

        public void Used(string user) => _user = user;

        public void Dispose() => Probe.Visit("Dispose of a service", _user);
    }

    public sealed class AsyncScoped : IAsyncDisposable
    {
        private string? _user;

        public void Used(string user) => _user = user;

        public async ValueTask DisposeAsync()
        {
            Probe.Look("DisposeAsync of a service", _user);
            await Task.Yield();
            Probe.Visit("DisposeAsync of a service, after an await", _user);
        }
    }

    public sealed class Classy : PikkuSessionlessFunc<NoData, string>
    {
        public Classy() => Probe.Look("constructor of a function", AmbientProbe.Current ?? "no connection");

        public override ValueTask<string> RunAsync(NoData input, PikkuContext context, CancellationToken cancellationToken)
        {
            Probe.Visit("function as a class", U(context.Channel));
            return ValueTask.FromResult("ran");
        }
    }

    public sealed class Member(string userId) : IPikkuSession
    {
        public string? UserId { get; } = userId;

        public DateTimeOffset? ExpiresAt
        {
            get
            {
                Probe.Look("getter of a session", UserId);
                return null;
            }
        }
    }

    public sealed class Store : IPikkuSessionStore
    {
        public ValueTask<IPikkuSession?> GetAsync(string userId, CancellationToken cancellationToken) => ValueTask.FromResult<IPikkuSession?>(null);

        public ValueTask SetAsync(string userId, IPikkuSession session, CancellationToken cancellationToken)
        {
            Probe.Look("store of sessions", userId);
            return default;
        }

        public ValueTask ClearAsync(string userId, CancellationToken cancellationToken) => default;
    }
}
