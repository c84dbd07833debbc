using Xunit;

namespace Pikku.Akka.Tests.Cli;

/// <summary>Listings as tables.</summary>
[Trait("Rule", "N1")]
public sealed class TableSpec
{
    private const char Escape = '\u001b';

    [Theory]
    [InlineData("functions")]
    [InlineData("tags")]
    [InlineData("middleware")]
    [InlineData("permissions")]
    [InlineData("channels")]
    [InlineData("topics")]
    public async Task No_line_is_wider_than_the_terminal(string listing)
    {
        foreach (var width in new[] { 40, 80, 200 })
            foreach (var more in new[] { "", " --verbose" })
                Assert.All((await Run.In(width, $"info {listing}{more}")).Lines, line => Assert.InRange(line.Length, 0, width));
    }

    [Theory]
    [InlineData(80)]
    [InlineData(200)]
    public async Task Functions_are_a_table_with_id_name_and_tags(int width)
    {
        var run = await Run.In(width, "info functions");

        Assert.Equal(
            """
            id               name             tags
            createNote       Create a note    audited
            eraseNote        eraseNote        audited, admin
            feed:onMessage   feed:onMessage
            notes:onConnect  notes:onConnect

            """, run.Output);
        Assert.Equal((0, ""), (run.Code, run.Error));
    }

    [Fact]
    public async Task All_columns_are_a_table_in_a_wide_terminal()
    {
        var run = await Run.In(200, "info functions --verbose");

        Assert.Equal(
            """
            id               name             tags            type                                     middleware            permissions                           file
            createNote       Create a note    audited         notes action:create, feed action:create  Timing, Audit, Count  notBanned, reader, Calm               Pikku.Akka.Tests/Cli/SmallFunctions.cs
            eraseNote        eraseNote        audited, admin  notes action:erase                       Timing, Audit         notBanned, owner or (admin and calm)  Pikku.Akka.Tests/Cli/SmallApp.cs
            feed:onMessage   feed:onMessage                   feed onMessage                           Timing                notBanned, reader                     Pikku.Akka.Tests/Cli/SmallApp.cs
            notes:onConnect  notes:onConnect                  notes onConnect                          Timing                notBanned                             Pikku.Akka.Tests/Cli/SmallApp.cs

            """, run.Output);
    }

    [Fact]
    public async Task Each_row_is_a_block_if_the_longest_words_do_not_fit_next_to_each_other()
    {
        var run = await Run.In(80, "info functions --verbose --limit 2");

        Assert.Equal(
            """
            id           createNote
            name         Create a note
            tags         audited
            type         notes action:create, feed action:create
            middleware   Timing, Audit, Count
            permissions  notBanned, reader, Calm
            file         Pikku.Akka.Tests/Cli/SmallFunctions.cs

            id           eraseNote
            name         eraseNote
            tags         audited, admin
            type         notes action:erase
            middleware   Timing, Audit
            permissions  notBanned, owner or (admin and calm)
            file         Pikku.Akka.Tests/Cli/SmallApp.cs
            2 more.

            """, run.Output);
    }

    [Fact]
    public async Task A_list_is_wrapped_in_a_terminal()
    {
        var run = await Run.In(80, "info middleware --verbose --limit 1");

        Assert.Equal(
            """
            name    kind      priority  where                     functions
            Timing  function  highest   global, feed              createNote, eraseNote,
                                        action:create             feed:onMessage,
                                                                  notes:onConnect
            3 more.

            """, run.Output);
    }

    [Theory]
    [InlineData("functions")]
    [InlineData("middleware")]
    [InlineData("channels")]
    public async Task In_a_pipe_each_row_is_one_line(string listing)
    {
        var rows = (await Run.Piped($"info {listing} --json")).Lines.Length;

        Assert.Equal(1 + rows, (await Run.Piped($"info {listing} --verbose")).Lines.Length);
    }

    [Fact]
    public async Task Escape_sequences_are_written_only_to_a_terminal_that_supports_them()
    {
        Assert.Contains(Escape, (await Run.In(80, "info tags", style: true)).Output);
        Assert.DoesNotContain(Escape, (await Run.In(80, "info tags")).Output);
    }

    [Fact]
    public async Task An_empty_listing_says_that_it_is_empty()
    {
        await using var app = SmallApp.Build(_ => { });

        Assert.Equal("No topics.\n", (await Run.Of(app.Services, "info topics")).Output);
    }
}
