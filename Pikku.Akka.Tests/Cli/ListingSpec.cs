using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using Pikku.Akka.Hosting;
using Xunit;

namespace Pikku.Akka.Tests.Cli;

/// <summary>The listings of everything except functions, which <see cref="TableSpec"/> covers.</summary>
[Trait("Rule", "N1")]
public sealed class ListingSpec
{
    [Fact]
    public Task Tags_list_their_functions_channels_and_middleware() => Shows(
        "tags",
        """
        name     functions              channels  middleware  channelMiddleware
        admin    eraseNote
        audited  createNote, eraseNote            Audit
        public                          feed                  Redact

        """);

    [Fact]
    public Task Middleware_lists_its_kind_priority_places_and_functions() => Shows(
        "middleware",
        """
        name    kind      priority  where                                        functions
        Timing  function  highest   global, feed action:create                   createNote, eraseNote, feed:onMessage, notes:onConnect
        Audit   function  medium    tag audited                                  createNote, eraseNote
        Count   function  low       feed action:create, feed topic:feed:{board}  createNote
        Redact  channel             tag public

        """);

    [Fact]
    public Task Permissions_list_their_kind_and_their_places() => Shows(
        "permissions",
        """
        name         kind     where                             data
        notBanned    session  global
        reader       session  channel feed
        Calm         session  function createNote
        owner        data     notes action:erase (alternative)  Note
        admin        session  notes action:erase (alternative)
        calm         session  notes action:erase (alternative)
        boardMember  data     feed topic:feed:{board}           String

        """);

    [Fact]
    public Task Channels_list_all_that_they_declare() => Shows(
        "channels",
        """
        name   route          auth  topics                       eventStreams  permissions  tags    handlers   openingData  sends  remotes  actions
        notes  /notes/{name}  yes   notes:{board}                                                   onConnect  Board        Board  confirm  action:create, action:erase
        feed   /feed          no    notes:{board}, feed:{board}                reader       public  onMessage                               action:create

        """);

    [Fact]
    [Trait("Rule", "O5")]
    public async Task Channels_list_the_address_of_their_event_streams_as_it_is_mapped()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Services.AddPikku(pikku => pikku.WireEvents("live", events => events.AddTopic(new Topic<int>("news"))));
        await using var app = builder.Build();
        app.MapGroup("/api").MapPikku();
        app.Services.GetRequiredService<ChannelAddresses>().Add(app); // as RunPikkuAsync does

        var run = await Run.Of(app.Services, "info channels --json --verbose");

        Assert.Contains("\"route\":\"/api/live\"", run.Output, StringComparison.Ordinal);
        Assert.Contains("\"eventStreams\":\"/api/live/{topic}\"", run.Output, StringComparison.Ordinal);
    }

    [Fact]
    public Task Topics_list_the_type_of_their_events_and_what_a_subscription_needs() => Shows(
        "topics",
        """
        name           payload  subscribable  auth  key     history  snapshot  permissions                     scopes  middleware     channels     type
        feed:{board}   Note     yes           yes   String                     notBanned, reader, boardMember          Timing, Count  feed         Pikku.Akka.Tests.Cli.Note
        notes:{board}  Note     no                  String                                                                            notes, feed  Pikku.Akka.Tests.Cli.Note

        """);

    [Fact]
    public async Task Topics_show_their_history_and_the_result_of_their_snapshot()
    {
        await using var app = SmallApp.Build(pikku => pikku.WireChannel("boards", channel =>
        {
            channel.AllowAnonymous().AddTopic(new Topic<int>("a")).AllowSubscribe().WithHistory(1000);
            channel.AddTopic(new Topic<int>("b")).AllowSubscribe().WithHistory(10, TimeSpan.FromHours(1)).WithSnapshot(() => new Note("x"));
        }));

        Assert.Equal(
            """
            name  payload  subscribable  auth  key  history              snapshot  permissions  channels
            a     Int32    yes           no         1000 events                                 boards
            b     Int32    yes           no         10 events, 01:00:00  Note                   boards

            """.ReplaceLineEndings("\n"), (await Run.Of(app.Services, "info topics")).Output);
    }

    private static async Task Shows(string listing, string table) => Assert.Equal(table, (await Run.Piped($"info {listing} --verbose")).Output);
}
