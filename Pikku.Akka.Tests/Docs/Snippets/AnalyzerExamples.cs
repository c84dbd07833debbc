using Microsoft.AspNetCore.Http;
using Pikku.Akka;

#pragma warning disable PIKKU0001, PIKKU0002, PIKKU0003, PIKKU0004, PIKKU0005, PIKKU0006, CA2012 // the pages of the rules show what each of them reports

namespace Snippets;

public static class AnalyzerExamples
{
    public static readonly Topic<Moved> Moves = new("moves");

    public static void ForgottenAwait(ChannelBuilder channel)
    {
        #region PIKKU0001 wrong
        channel.MapAction("move", (Move move, IEventHub hub) =>
        {
            hub.PublishAsync(Moves, new Moved(move.Card));
            return new Moved(move.Card);
        });
        #endregion

        #region PIKKU0001 right
        channel.MapAction("move", async (Move move, IEventHub hub) =>
        {
            await hub.PublishAsync(Moves, new Moved(move.Card));
            return new Moved(move.Card);
        });
        #endregion
    }

    #region PIKKU0002 wrong
    public static void WireMoves(ChannelBuilder channel) => channel.MapAction("move", MoveCard);

    private static async void MoveCard(Move move, IEventHub hub) => await hub.PublishAsync(Moves, new Moved(move.Card));
    #endregion

    #region PIKKU0002 right
    public static void WireCards(ChannelBuilder channel) => channel.MapAction("move", MoveCardAsync);

    private static async Task MoveCardAsync(Move move, IEventHub hub) => await hub.PublishAsync(Moves, new Moved(move.Card));
    #endregion

    public static void Blocking(ChannelBuilder channel)
    {
        #region PIKKU0003 wrong
        channel.MapAction("find", (Find find, ICards cards) => cards.FindAsync(find.Title).Result);
        #endregion

        #region PIKKU0003 right
        channel.MapAction("find", async (Find find, ICards cards) => await cards.FindAsync(find.Title));
        #endregion
    }

    public static class WrongTopics
    {
        #region PIKKU0004 wrong
        public static readonly Topic<CardKey, Moved> Cards = new("board:{id}:{cardId}");
        #endregion
    }

    public static class Topics
    {
        #region PIKKU0004 right
        public static readonly Topic<CardKey, Moved> Cards = new("board:{boardId}:{cardId}");
        #endregion
    }

    public static class Unmarked
    {
        #region PIKKU0005 wrong
        public static void Wire(ChannelBuilder channel) => channel.MapActions<CardActions>();

        public sealed class CardActions(IEventHub hub)
        {
            public ValueTask MoveAsync(Move move) => hub.PublishAsync(Moves, new Moved(move.Card));
        }
        #endregion
    }

    public static class Marked
    {
        #region PIKKU0005 right
        public static void Wire(ChannelBuilder channel) => channel.MapActions<CardActions>();

        public sealed class CardActions(IEventHub hub)
        {
            [PikkuAction]
            public ValueTask MoveAsync(Move move) => hub.PublishAsync(Moves, new Moved(move.Card));
        }
        #endregion
    }

    public static void Http(ChannelBuilder channel)
    {
        #region PIKKU0006 wrong
        channel.MapAction("get", async (Find find, ICards cards) =>
            await cards.FindAsync(find.Title) is { } card ? Results.Ok(card) : Results.NotFound());
        #endregion

        #region PIKKU0006 right
        channel.MapAction("get", async (Find find, ICards cards) =>
            await cards.FindAsync(find.Title) ?? throw new NotFoundError());
        #endregion
    }

    public interface ICards
    {
        Task<Card?> FindAsync(string title);
    }

    public record Card(int Id, string Title);

    public record CardKey(int BoardId, int CardId);

    public record Find(string Title);

    public record Move(int Card);

    public record Moved(int Card);
}
